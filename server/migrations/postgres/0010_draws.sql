-- Places that are drawn: whoever asks until then is in the pool, which is the waiting list without an order.

-- draws_before: places are drawn so many minutes before the start. drawn_at: they were; from then on the date is like any
-- other.
alter table occurrence add column draws_before bigint
    constraint occurrence_draws check (draws_before > 0);
alter table occurrence add column drawn_at bigint
    constraint occurrence_drawn check (drawn_at is null or draws_before is not null);

create index occurrence_to_draw on occurrence (starts_at) where draws_before is not null and drawn_at is null;

-- The secret of a date from when it is made on, and what was published of it; places and lots once it is drawn, as they
-- were published. Nothing of it is ever changed.
create table draw (
    occurrence text primary key references occurrence (id),
    secret text not null check (length(secret) = 64),
    commitment text not null check (length(commitment) = 64),
    places bigint check (places > 0),
    lots text
);

create function draw_guarded() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' or old.lots is not null or new.lots is null or new.occurrence <> old.occurrence
        or new.secret <> old.secret or new.commitment <> old.commitment
    then
        raise exception 'draw_kept';
    end if;
    return new;
end $$;

create trigger draw_update before update on draw for each row execute function draw_guarded();
create trigger draw_delete before delete on draw for each row execute function draw_guarded();

create function occurrence_draw_guarded() returns trigger language plpgsql as $$
begin
    raise exception 'draw_kept';
end $$;

create trigger occurrence_draw before update of drawn_at, draws_before on occurrence
    for each row when (old.drawn_at is not null or new.draws_before is distinct from old.draws_before)
    execute function occurrence_draw_guarded();

-- Nobody has a place before it is drawn.
create function sign_up_drawn_guarded() returns trigger language plpgsql as $$
begin
    if exists (select 1 from occurrence where id = new.occurrence and draws_before is not null and drawn_at is null) then
        raise exception 'not_drawn';
    end if;
    return new;
end $$;

create trigger sign_up_insert_drawn before insert on sign_up
    for each row when (new.state = 'confirmed') execute function sign_up_drawn_guarded();
create trigger sign_up_update_drawn before update of state on sign_up
    for each row when (new.state = 'confirmed' and old.state <> 'confirmed') execute function sign_up_drawn_guarded();
