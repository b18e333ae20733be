-- The truth, below the rows that phones read. Written in the SQL both engines share; triggers follow, in each engine's
-- own words. Instants are milliseconds since 1970, ids and dates text, flags nullable instants, structures JSON text.

-- ---- the database itself ------------------------------------------------------------------------------------------

-- epoch: another one after a restore; kind: demo or live, so that one is never served as the other.
create table meta (
    key text primary key,
    value text not null
);

-- ---- order of changes ---------------------------------------------------------------------------------------------

-- One order per community and per account. `head` is bumped last in the transaction of a change, so that whoever has
-- read 7 has read everything up to 7. Tombstones below `floor` are gone.
create table stream (
    id text primary key,
    head bigint not null default 0 check (head >= 0),
    floor bigint not null default 0 check (floor <= head)
);

-- A random tag per change: tells a cursor of another history that grew over a restored copy.
create table stream_tick (
    stream text not null references stream (id),
    seq bigint not null,
    tag bigint not null,
    at bigint not null,
    primary key (stream, seq)
);

-- What phones read: the current state of one thing as one audience may see it. Written beside the truth, never instead.
create table synced_row (
    stream text not null references stream (id),
    audience text not null,
    class text not null,
    id text not null,
    seq bigint not null,
    starts_on text,
    gone_at bigint,
    body text not null,
    primary key (stream, audience, class, id)
);

create index synced_row_pull on synced_row (stream, audience, seq);

-- ---- people -------------------------------------------------------------------------------------------------------

create table community (
    id text primary key,
    name text not null,
    english_name text not null,
    phone text,
    sort bigint not null,
    made_up bigint not null default 0
);

create table account (
    id text primary key,
    phone text unique,
    name text not null,
    home_community text not null references community (id),
    created_at bigint not null,
    closed_at bigint,
    demo_role text unique
);

-- A role is a grant on a scope: a team, a space, a community, or the district (empty scope).
create table role_grant (
    account text not null references account (id),
    role text not null check (role in ('team_editor', 'host', 'community_admin', 'district_admin')),
    scope text not null,
    granted_at bigint not null,
    revoked_at bigint,
    primary key (account, role, scope)
);

create table person (
    id text primary key,
    account text not null references account (id),
    relation text not null check (relation in ('me', 'adult', 'child', 'elder')),
    name text not null,
    birth_month text,
    consent_at bigint,
    created_at bigint not null,
    removed_at bigint
);

create index person_household on person (account);
create unique index person_me on person (account) where relation = 'me' and removed_at is null;

create table device (
    id text primary key,
    account text not null references account (id),
    last_no bigint not null default 0,
    created_at bigint not null,
    last_seen_at bigint not null,
    revoked_at bigint
);

-- The one answer of each command, in the transaction of its effect.
create table processed_command (
    id text primary key,
    device text not null references device (id),
    no bigint not null,
    account text not null references account (id),
    stream text not null,
    kind text not null,
    body_hash text not null,
    outcome text not null,
    seq bigint,
    at bigint not null,
    unique (device, no)
);

-- ---- activities ---------------------------------------------------------------------------------------------------

create table team (
    id text primary key,
    community text not null references community (id),
    name text not null,
    category text not null,
    about text,
    phone text
);

create index team_community on team (community);

-- policy: the terms as JSON (domain::space::SpacePolicy); hours: the weekly hours; hosts: names people read. The columns
-- made from the terms are what the triggers of the ledger read; lengths are whole cells.
create table space (
    id text primary key,
    community text not null references community (id),
    kind text not null,
    name text not null,
    address text not null,
    access text,
    about text,
    phone text,
    hosts text not null default '[]',
    policy text not null,
    hours text not null,
    closed_at bigint,
    setup_minutes bigint not null generated always as ((policy::jsonb #>> '{setup_minutes}')::bigint) stored
        check (setup_minutes between 0 and 240 and setup_minutes % 15 = 0),
    teardown_minutes bigint not null generated always as ((policy::jsonb #>> '{teardown_minutes}')::bigint) stored
        check (teardown_minutes between 0 and 240 and teardown_minutes % 15 = 0),
    groups_max bigint not null generated always as (coalesce((policy::jsonb #>> '{mode,groups}')::bigint, 1)) stored check (groups_max > 0),
    heads_max bigint not null generated always as ((policy::jsonb #>> '{mode,heads}')::bigint) stored check (heads_max > 0)
);

create index space_community on space (community);

create table closure (
    id text primary key,
    space text not null references space (id),
    from_at bigint not null,
    until_at bigint not null,
    reason text not null,
    check (from_at < until_at)
);

create index closure_space on closure (space, until_at);

-- audience, venue and policy as JSON of the domain's types; venue_space beside it, because it is joined.
create table activity (
    id text primary key,
    community text not null references community (id),
    team text not null references team (id),
    title text not null,
    about text,
    category text not null,
    audience text not null,
    venue text not null,
    venue_space text references space (id),
    schedule text not null,
    policy text not null,
    created_by text not null references account (id),
    created_at bigint not null
);

create index activity_team on activity (team);

-- `taken` is kept by triggers on sign_up_member and guarded here: whatever path writes, nobody is let in beyond the
-- capacity. The waiting list's counts are kept by the operations and compared by `lifehub check`.
create table occurrence (
    id text primary key,
    activity text not null references activity (id),
    community text not null references community (id),
    starts_at bigint not null,
    ends_at bigint not null,
    planned_start bigint not null,
    cancelled_at bigint,
    cancel_reason text,
    sequence bigint not null default 0,
    capacity bigint check (capacity > 0),
    taken bigint not null default 0,
    waiting_parties bigint not null default 0 check (waiting_parties >= 0),
    waiting_heads bigint not null default 0 check (waiting_heads >= 0),
    next_order bigint not null default 1,
    check (starts_at < ends_at),
    constraint occurrence_full check (taken >= 0 and (capacity is null or taken <= capacity)),
    unique (activity, planned_start)
);

create index occurrence_time on occurrence (community, starts_at);

-- queue_order: the order of asking, from the occurrence's counter; never a phone's clock.
create table sign_up (
    id text primary key,
    occurrence text not null references occurrence (id),
    community text not null references community (id),
    account text not null references account (id),
    state text not null check (state in ('confirmed', 'waitlisted', 'withdrawn', 'called_off')),
    queue_order bigint not null,
    created_at bigint not null,
    confirmed_at bigint,
    ended_at bigint,
    checked_in_at bigint,
    check ((state in ('withdrawn', 'called_off')) = (ended_at is not null)),
    unique (id, occurrence)
);

-- One live sign-up per account and date: the same person tapping on two phones is one sign-up.
create unique index sign_up_live on sign_up (account, occurrence) where state in ('confirmed', 'waitlisted');
create index sign_up_queue on sign_up (occurrence, state, queue_order);

-- holds: 1 while the person has a place, which is: the party is confirmed and the person has not left. Triggers see to
-- that, and a change of the party's state carries over, so that no path confirms a party without counting its heads.
-- One place per person and date, one person per seat number.
create table sign_up_member (
    sign_up text not null,
    person text not null references person (id),
    occurrence text not null,
    name text not null,
    is_child bigint not null,
    seat bigint,
    holds bigint not null check (holds in (0, 1)),
    left_at bigint,
    primary key (sign_up, person),
    foreign key (sign_up, occurrence) references sign_up (id, occurrence)
);

create unique index sign_up_once on sign_up_member (occurrence, person) where left_at is null;
create unique index seat_once on sign_up_member (occurrence, seat) where left_at is null and seat is not null;
create index sign_up_member_person on sign_up_member (person);

-- ---- spaces -------------------------------------------------------------------------------------------------------

-- A booking's whole life. What holds time is its claim, which triggers write while the state is a live one: no path can
-- have a live booking without the time, or the time without it.
create table booking (
    id text primary key,
    space text not null references space (id),
    community text not null references community (id),
    account text not null references account (id),
    state text not null check (state in
        ('requested', 'approved', 'declined', 'expired', 'cancelled', 'checked_in', 'completed', 'no_show')),
    starts_at bigint not null,
    ends_at bigint not null,
    adults bigint not null,
    children bigint not null,
    purpose text not null,
    note text,
    answer_by bigint,
    reason text,
    created_at bigint not null,
    decided_at bigint,
    decided_by text references account (id),
    checked_in_at bigint,
    check (starts_at < ends_at),
    check (adults >= 0 and children >= 0 and adults + children > 0)
);

create index booking_space on booking (space, starts_at);
create index booking_account on booking (account, starts_at);
create index booking_unanswered on booking (answer_by) where state = 'requested';

-- The part of a space that cannot be shared out further. Exclusive: cap_groups = 1 and cap_heads = 1.
create table atom (
    id text primary key,
    community text not null references community (id),
    cap_groups bigint not null check (cap_groups > 0),
    cap_heads bigint not null check (cap_heads > 0)
);

create table space_atom (
    space text not null references space (id),
    atom text not null references atom (id),
    primary key (space, atom)
);

-- A live hold, in cells of fifteen minutes of UTC: [s, e) with setup before and teardown after. Written by the triggers
-- of what it stands for, a live booking or a date that is not called off; by hand only for maintenance. `id` is
-- `<source_kind>:<source_id>`. Immutable: to move is to delete and insert.
create table claim (
    id text primary key,
    source_kind text not null check (source_kind in ('booking', 'occurrence', 'maintenance')),
    source_id text not null,
    space text not null references space (id),
    s bigint not null,
    e bigint not null,
    setup bigint not null default 0 check (setup between 0 and 16),
    teardown bigint not null default 0 check (teardown between 0 and 16),
    groups bigint not null default 1 check (groups > 0),
    heads bigint not null check (heads > 0),
    check (id = source_kind || ':' || source_id),
    check (s < e),
    constraint claim_too_long check (e - s <= 96),
    unique (source_kind, source_id)
);

create index claim_space on claim (space, s);

-- Exactly what was taken, so that exactly that is released, whatever the policy says by then.
create table claim_atom (
    claim text not null,
    atom text not null references atom (id),
    groups bigint not null,
    heads bigint not null,
    primary key (claim, atom)
);

-- The ledger, filled by triggers. A core cell may not meet a buffer cell of an exclusive atom; buffers may lie on each
-- other, so the gap between two holdings is the larger buffer. Limits stand beside the counts: lowering a limit lets
-- what is there stay.
create table occupancy (
    atom text not null references atom (id),
    cell bigint not null,
    g bigint not null,
    p bigint not null,
    buf bigint not null check (buf >= 0),
    cap_g bigint not null,
    cap_p bigint not null,
    primary key (atom, cell),
    constraint full_groups check (g between 0 and cap_g),
    constraint full_heads check (p between 0 and cap_p),
    constraint buffer_hit check (g = 0 or buf = 0 or cap_g > 1)
);

-- ---- notices ------------------------------------------------------------------------------------------------------

-- One message per matter and account: `matter` names the thing and the change it is about.
create table notice (
    id text primary key,
    account text not null references account (id),
    community text not null references community (id),
    matter text not null,
    body text not null,
    created_at bigint not null,
    read_at bigint,
    unique (account, matter)
);

-- ---- triggers -----------------------------------------------------------------------------------------------------

create function member_changed() returns trigger language plpgsql as $$
begin
    if tg_op in ('UPDATE', 'DELETE') and old.left_at is null and old.holds = 1 then
        update occurrence set taken = taken - 1 where id = old.occurrence;
    end if;
    if tg_op in ('INSERT', 'UPDATE') and new.left_at is null and new.holds = 1 then
        update occurrence set taken = taken + 1 where id = new.occurrence;
    end if;
    return null;
end $$;

create trigger member_insert after insert on sign_up_member for each row execute function member_changed();
create trigger member_update after update of holds, left_at, occurrence on sign_up_member
    for each row execute function member_changed();
create trigger member_delete after delete on sign_up_member for each row execute function member_changed();

create function member_guarded() returns trigger language plpgsql as $$
begin
    if (new.holds = 1) <> (new.left_at is null and (select state from sign_up where id = new.sign_up) = 'confirmed') then
        raise exception 'member_holds';
    end if;
    return new;
end $$;

create trigger member_holds_insert before insert on sign_up_member for each row execute function member_guarded();
create trigger member_holds_update before update of holds, left_at on sign_up_member
    for each row execute function member_guarded();

create function sign_up_state_changed() returns trigger language plpgsql as $$
begin
    update sign_up_member set holds = case when new.state = 'confirmed' and left_at is null then 1 else 0 end
    where sign_up = new.id;
    return null;
end $$;

create trigger sign_up_state after update of state on sign_up
    for each row when (new.state <> old.state) execute function sign_up_state_changed();

create function claim_guarded() returns trigger language plpgsql as $$
begin
    -- The atoms first and in order: whoever holds or edits them queues up here instead of deadlocking later.
    perform 1 from atom a join space_atom sa on sa.atom = a.id where sa.space = new.space order by a.id for update of a;
    if not found then
        raise exception 'claim_without_atoms';
    end if;
    return new;
end $$;

create trigger claim_guard before insert on claim for each row execute function claim_guarded();

create function claim_inserted() returns trigger language plpgsql as $$
begin
    -- An exclusive atom is taken once, whatever the size of the party; an activity takes all there is.
    insert into claim_atom
    select new.id, sa.atom,
           case when a.cap_groups = 1 then 1 when new.source_kind = 'occurrence' then a.cap_groups else new.groups end,
           case when a.cap_groups = 1 then 1 when new.source_kind = 'occurrence' then a.cap_heads else new.heads end
    from space_atom sa join atom a on a.id = sa.atom
    where sa.space = new.space;

    -- One statement in one order: without the order two claims could take the same cells crosswise.
    insert into occupancy as o
    select ca.atom, cells.cell,
           case when cells.is_core then ca.groups else 0 end,
           case when cells.is_core then ca.heads else 0 end,
           case when cells.is_core then 0 else 1 end,
           a.cap_groups, a.cap_heads
    from claim_atom ca join atom a on a.id = ca.atom
    cross join lateral (
        select cell, cell >= new.s and cell < new.e as is_core
        from generate_series(new.s - new.setup, new.e + new.teardown - 1) as cell
    ) cells
    where ca.claim = new.id
    order by 1, 2
    on conflict (atom, cell) do update set g = o.g + excluded.g, p = o.p + excluded.p, buf = o.buf + excluded.buf;
    return null;
end $$;

create trigger claim_insert after insert on claim for each row execute function claim_inserted();

create function claim_updated() returns trigger language plpgsql as $$
begin
    raise exception 'claim_immutable';
end $$;

create trigger claim_update before update on claim for each row execute function claim_updated();

create function claim_deleted() returns trigger language plpgsql as $$
begin
    perform 1 from atom a join claim_atom ca on ca.atom = a.id where ca.claim = old.id order by a.id for update of a;

    -- A limit that was lowered while this stood now takes hold as far as it can.
    update occupancy o
    set g = o.g - ca.groups, p = o.p - ca.heads,
        cap_g = greatest(o.g - ca.groups, a.cap_groups), cap_p = greatest(o.p - ca.heads, a.cap_heads)
    from claim_atom ca join atom a on a.id = ca.atom
    where ca.claim = old.id and o.atom = ca.atom and o.cell >= old.s and o.cell < old.e;

    update occupancy set buf = buf - 1
    where atom in (select atom from claim_atom where claim = old.id)
      and ((cell >= old.s - old.setup and cell < old.s) or (cell >= old.e and cell < old.e + old.teardown));

    delete from occupancy
    where atom in (select atom from claim_atom where claim = old.id)
      and cell >= old.s - old.setup and cell < old.e + old.teardown and g = 0 and p = 0 and buf = 0;

    delete from claim_atom where claim = old.id;
    return null;
end $$;

create trigger claim_delete after delete on claim for each row execute function claim_deleted();

create function atom_changed() returns trigger language plpgsql as $$
begin
    if tg_when = 'BEFORE' then
        if (old.cap_groups = 1) <> (new.cap_groups = 1) and exists (select 1 from claim_atom where atom = old.id) then
            raise exception 'atom_mode_in_use';
        end if;
        return new;
    end if;
    update occupancy set cap_g = greatest(g, new.cap_groups), cap_p = greatest(p, new.cap_heads) where atom = new.id;
    return null;
end $$;

create trigger atom_mode before update of cap_groups on atom for each row execute function atom_changed();
create trigger atom_limits after update of cap_groups, cap_heads on atom for each row execute function atom_changed();

create function space_atom_changed() returns trigger language plpgsql as $$
begin
    if (tg_op in ('UPDATE', 'DELETE') and exists (select 1 from claim where space = old.space))
        or (tg_op in ('INSERT', 'UPDATE') and exists (select 1 from claim where space = new.space)) then
        raise exception 'space_in_use';
    end if;
    if tg_op = 'DELETE' then
        return old;
    end if;
    return new;
end $$;

create trigger space_atom_guard before insert or update or delete on space_atom
    for each row execute function space_atom_changed();

-- A claim goes when what it stands for goes, not before it.
create function claim_kept() returns trigger language plpgsql as $$
begin
    if exists (
        select 1 from booking b
        where old.source_kind = 'booking' and b.id = old.source_id and b.space = old.space
          and b.state in ('requested', 'approved', 'checked_in') and b.adults + b.children = old.heads
          and b.starts_at / 900000 = old.s and (b.ends_at + 899999) / 900000 = old.e)
    or exists (
        select 1 from occurrence o join activity a on a.id = o.activity
        where old.source_kind = 'occurrence' and o.id = old.source_id and a.venue_space = old.space
          and o.cancelled_at is null and o.starts_at / 900000 = old.s and (o.ends_at + 899999) / 900000 = old.e) then
        raise exception 'claim_in_use';
    end if;
    return old;
end $$;

create trigger claim_keep before delete on claim for each row execute function claim_kept();

-- A cell is 900,000 ms; what begins or ends within one holds all of it. A move gives back and takes anew within one
-- statement: it may overlap its own old time, and when it is refused the old time stays.
create function booking_changed() returns trigger language plpgsql as $$
begin
    if tg_op in ('UPDATE', 'DELETE') then
        delete from claim where id = 'booking:' || old.id;
    end if;
    if tg_op = 'DELETE' then
        return null;
    end if;
    insert into claim (id, source_kind, source_id, space, s, e, setup, teardown, groups, heads)
    select 'booking:' || new.id, 'booking', new.id, s.id, new.starts_at / 900000, (new.ends_at + 899999) / 900000,
           s.setup_minutes / 15, s.teardown_minutes / 15, 1, new.adults + new.children
    from space s where s.id = new.space and new.state in ('requested', 'approved', 'checked_in');
    return null;
end $$;

create trigger booking_holds after insert on booking for each row execute function booking_changed();
create trigger booking_changes after update of id, space, state, starts_at, ends_at, adults, children on booking
    for each row
    when ((new.state in ('requested', 'approved', 'checked_in')) <> (old.state in ('requested', 'approved', 'checked_in'))
        or new.id <> old.id or new.space <> old.space or new.starts_at <> old.starts_at or new.ends_at <> old.ends_at
        or new.adults + new.children <> old.adults + old.children)
    execute function booking_changed();
create trigger booking_goes after delete on booking for each row execute function booking_changed();

create function occurrence_changed() returns trigger language plpgsql as $$
begin
    if tg_op in ('UPDATE', 'DELETE') then
        delete from claim where id = 'occurrence:' || old.id;
    end if;
    if tg_op = 'DELETE' then
        return null;
    end if;
    insert into claim (id, source_kind, source_id, space, s, e, setup, teardown, groups, heads)
    select 'occurrence:' || new.id, 'occurrence', new.id, s.id, new.starts_at / 900000, (new.ends_at + 899999) / 900000,
           s.setup_minutes / 15, s.teardown_minutes / 15, s.groups_max, s.heads_max
    from activity a join space s on s.id = a.venue_space
    where a.id = new.activity and new.cancelled_at is null;
    return null;
end $$;

create trigger occurrence_holds after insert on occurrence for each row execute function occurrence_changed();
create trigger occurrence_changes after update of id, activity, cancelled_at, starts_at, ends_at on occurrence
    for each row
    when (new.id <> old.id or new.activity <> old.activity or (new.cancelled_at is null) <> (old.cancelled_at is null)
        or new.starts_at <> old.starts_at or new.ends_at <> old.ends_at)
    execute function occurrence_changed();
create trigger occurrence_goes after delete on occurrence for each row execute function occurrence_changed();

-- Another room would be another claim for every date: call the dates off, or publish anew.
create function venue_kept() returns trigger language plpgsql as $$
begin
    if exists (select 1 from occurrence where activity = old.id) then
        raise exception 'venue_in_use';
    end if;
    return new;
end $$;

create trigger activity_venue before update of venue_space on activity
    for each row when (new.venue_space is distinct from old.venue_space) execute function venue_kept();
