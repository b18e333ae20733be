-- Places that are drawn: whoever asks until then is in the pool, which is the waiting list without an order.

-- draws_before: places are drawn so many minutes before the start. drawn_at: they were; from then on the date is like any
-- other.
alter table occurrence add column draws_before integer
    constraint occurrence_draws check (draws_before > 0);
alter table occurrence add column drawn_at integer
    constraint occurrence_drawn check (drawn_at is null or draws_before is not null);

create index occurrence_to_draw on occurrence (starts_at) where draws_before is not null and drawn_at is null;

-- The secret of a date from when it is made on, and what was published of it; places and lots once it is drawn, as they
-- were published. Nothing of it is ever changed.
create table draw (
    occurrence text primary key references occurrence (id),
    secret text not null check (length(secret) = 64),
    commitment text not null check (length(commitment) = 64),
    places integer check (places > 0),
    lots text
) strict;

create trigger draw_update before update on draw
when old.lots is not null or new.lots is null or new.occurrence <> old.occurrence or new.secret <> old.secret
    or new.commitment <> old.commitment
begin
    select raise(abort, 'draw_kept');
end;

create trigger draw_delete before delete on draw
begin
    select raise(abort, 'draw_kept');
end;

create trigger occurrence_draw before update of drawn_at, draws_before on occurrence
when old.drawn_at is not null or new.draws_before is not old.draws_before
begin
    select raise(abort, 'draw_kept');
end;

-- Nobody has a place before it is drawn.
create trigger sign_up_insert_drawn before insert on sign_up
when new.state = 'confirmed'
begin
    select raise(abort, 'not_drawn') where exists (
        select 1 from occurrence where id = new.occurrence and draws_before is not null and drawn_at is null);
end;

create trigger sign_up_update_drawn before update of state on sign_up
when new.state = 'confirmed' and old.state <> 'confirmed'
begin
    select raise(abort, 'not_drawn') where exists (
        select 1 from occurrence where id = new.occurrence and draws_before is not null and drawn_at is null);
end;
