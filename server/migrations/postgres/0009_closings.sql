-- How dates went, as their teams say afterwards, and what communities need not hold of the monthly three.

-- How a date went. Said again, it replaces what was said; who came by name is in sign_up.

create table closing (
    occurrence text primary key references occurrence (id),
    heads bigint not null check (heads between 0 and 9999),
    note text,
    closed_at bigint not null,
    closed_by text not null references account (id)
);

-- Nothing is known of a date that has not begun, nor of one that was called off; and what took place is not called off.
create function closing_guarded() returns trigger language plpgsql as $$
begin
    -- The date first: whoever calls it off or moves it meanwhile waits.
    if exists (
        select 1 from (select cancelled_at, starts_at from occurrence where id = new.occurrence for update) o
        where o.cancelled_at is not null or o.starts_at > new.closed_at
    ) then
        raise exception 'closing_of_nothing';
    end if;
    return new;
end $$;

create trigger closing_insert before insert on closing for each row execute function closing_guarded();
create trigger closing_update before update on closing for each row execute function closing_guarded();

create function occurrence_closed_guarded() returns trigger language plpgsql as $$
begin
    if exists (
        select 1 from closing where occurrence = new.id
        and (new.cancelled_at is not null or new.starts_at > closed_at)
    ) then
        raise exception 'occurrence_closed';
    end if;
    return new;
end $$;

create trigger occurrence_closed before update of cancelled_at, starts_at on occurrence for each row
    when (new.cancelled_at is distinct from old.cancelled_at or new.starts_at <> old.starts_at)
    execute function occurrence_closed_guarded();

-- Of the monthly three, what a community need not hold in a month, and why.
create table duty_exemption (
    community text not null references community (id),
    duty text not null check (duty in ('moral_review', 'council', 'policy_talk')),
    month text not null check (month between '1900-01' and '2200-12' and length(month) = 7),
    reason text not null,
    exempted_at bigint not null,
    exempted_by text not null references account (id),
    primary key (community, duty, month)
);

create index activity_category on activity (category);
