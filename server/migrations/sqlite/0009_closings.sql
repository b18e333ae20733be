-- How dates went, as their teams say afterwards, and what communities need not hold of the monthly three.

-- How a date went. Said again, it replaces what was said; who came by name is in sign_up.

create table closing (
    occurrence text primary key references occurrence (id),
    heads integer not null check (heads between 0 and 9999),
    note text,
    closed_at integer not null,
    closed_by text not null references account (id)
) strict;

-- Nothing is known of a date that has not begun, nor of one that was called off; and what took place is not called off.
create trigger closing_insert before insert on closing
begin
    select raise(abort, 'closing_of_nothing') where exists (
        select 1 from occurrence where id = new.occurrence
        and (cancelled_at is not null or starts_at > new.closed_at));
end;

create trigger closing_update before update on closing
begin
    select raise(abort, 'closing_of_nothing') where exists (
        select 1 from occurrence where id = new.occurrence
        and (cancelled_at is not null or starts_at > new.closed_at));
end;

create trigger occurrence_closed before update of cancelled_at, starts_at on occurrence
when new.cancelled_at is not old.cancelled_at or new.starts_at <> old.starts_at
begin
    select raise(abort, 'occurrence_closed') where exists (
        select 1 from closing where occurrence = new.id
        and (new.cancelled_at is not null or new.starts_at > closed_at));
end;

-- Of the monthly three, what a community need not hold in a month, and why.
create table duty_exemption (
    community text not null references community (id),
    duty text not null check (duty in ('moral_review', 'council', 'policy_talk')),
    month text not null check (month between '1900-01' and '2200-12' and length(month) = 7),
    reason text not null,
    exempted_at integer not null,
    exempted_by text not null references account (id),
    primary key (community, duty, month)
) strict;

create index activity_category on activity (category);
