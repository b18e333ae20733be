-- Who came, as facts: noted once at the door, never changed, never taken away. That one was a mistake is a fact of its own.
-- And whom a team has signed up because they have no phone to do it with.

-- id: that of the command that noted it. sign_up: the party that came; none for whoever had not signed up (way: walk_in),
-- who has heads, a name where they said one, and the reason for which they were let in where there was no room.
-- happened_at: by the device at the door. noted_by: none where nobody knows any more.
create table arrival (
    id text primary key,
    occurrence text not null references occurrence (id),
    sign_up text,
    way text not null check (way in ('code', 'name', 'walk_in')),
    name text,
    heads bigint check (heads between 1 and 99),
    reason text,
    happened_at bigint not null,
    received_at bigint not null,
    noted_by text references account (id),
    foreign key (sign_up, occurrence) references sign_up (id, occurrence),
    check ((way = 'walk_in') = (sign_up is null)),
    check ((sign_up is null) = (heads is not null)),
    check (sign_up is null or (name is null and reason is null)),
    check (happened_at <= received_at)
);

create index arrival_sign_up on arrival (sign_up) where sign_up is not null;
create index arrival_occurrence on arrival (occurrence);

-- arrival: may be one that is not here yet, because its device has had no network since. undone_by: none where the date was
-- moved, and with it nobody has arrived.
create table arrival_undone (
    occurrence text not null references occurrence (id),
    arrival text not null,
    undone_at bigint not null,
    undone_by text references account (id),
    primary key (occurrence, arrival)
);

-- Of what was noted before there were facts, the party and the time are known.
insert into arrival (id, occurrence, sign_up, way, happened_at, received_at)
select id, occurrence, id, 'name', checked_in_at, checked_in_at from sign_up where checked_in_at is not null;

-- A name goes when its entry is taken back; nothing else ever changes.
create function arrival_guarded() returns trigger language plpgsql as $$
begin
    raise exception 'arrival_kept';
end $$;

create trigger arrival_kept before update on arrival for each row
    when (new.name is not null or new.id <> old.id or new.occurrence <> old.occurrence
        or new.sign_up is distinct from old.sign_up or new.way <> old.way or new.heads is distinct from old.heads
        or new.reason is distinct from old.reason or new.happened_at <> old.happened_at
        or new.received_at <> old.received_at or new.noted_by is distinct from old.noted_by)
    execute function arrival_guarded();
create trigger arrival_stays before delete on arrival for each row execute function arrival_guarded();
create trigger arrival_undone_kept before update on arrival_undone for each row execute function arrival_guarded();
create trigger arrival_undone_stays before delete on arrival_undone for each row execute function arrival_guarded();

-- Beyond the places there are nobody is let in without a reason.
create function arrival_door_guarded() returns trigger language plpgsql as $$
begin
    -- The date first: whoever takes a place of it or lets somebody in meanwhile waits.
    if exists (
        select 1 from (select id, taken, capacity, lowered_to from occurrence where id = new.occurrence for update) o
        where o.capacity is not null
          and o.taken + new.heads + (select coalesce(sum(a.heads), 0) from arrival a where a.occurrence = o.id
              and a.way = 'walk_in' and not exists (
                  select 1 from arrival_undone u where u.occurrence = a.occurrence and u.arrival = a.id))
            > coalesce(o.lowered_to, o.capacity)
    ) then
        raise exception 'door_full';
    end if;
    return new;
end $$;

create trigger arrival_door before insert on arrival for each row
    when (new.way = 'walk_in' and new.reason is null) execute function arrival_door_guarded();

-- behalf_of: the neighbour whom the account has signed up, who has no account; behalf_phone: where they are reached, until they
-- withdraw. Whoever signs others up does so as often as asked. Their person is of nobody's household: it is removed from the
-- beginning, and holds no more than the name.
alter table sign_up add column behalf_of text;
alter table sign_up add column behalf_phone text
    constraint sign_up_behalf check (behalf_phone is null or (behalf_of is not null and state <> 'withdrawn'));

drop index sign_up_live;
create unique index sign_up_live on sign_up (account, occurrence)
    where state in ('confirmed', 'waitlisted') and behalf_of is null;
