-- The truth, below the rows that phones read. Written in the SQL both engines share; triggers follow, in each engine's
-- own words. Instants are milliseconds since 1970, ids and dates text, flags nullable instants, structures JSON text.

-- ---- the database itself ------------------------------------------------------------------------------------------

-- epoch: another one after a restore; kind: demo or live, so that one is never served as the other.
create table meta (
    key text primary key,
    value text not null
) strict;

-- ---- order of changes ---------------------------------------------------------------------------------------------

-- One order per community and per account. `head` is bumped last in the transaction of a change, so that whoever has
-- read 7 has read everything up to 7. Tombstones below `floor` are gone.
create table stream (
    id text primary key,
    head integer not null default 0 check (head >= 0),
    floor integer not null default 0 check (floor <= head)
) strict;

-- A random tag per change: tells a cursor of another history that grew over a restored copy.
create table stream_tick (
    stream text not null references stream (id),
    seq integer not null,
    tag integer not null,
    at integer not null,
    primary key (stream, seq)
) strict;

-- What phones read: the current state of one thing as one audience may see it. Written beside the truth, never instead.
create table synced_row (
    stream text not null references stream (id),
    audience text not null,
    class text not null,
    id text not null,
    seq integer not null,
    starts_on text,
    gone_at integer,
    body text not null,
    primary key (stream, audience, class, id)
) strict;

create index synced_row_pull on synced_row (stream, audience, seq);

-- ---- people -------------------------------------------------------------------------------------------------------

create table community (
    id text primary key,
    name text not null,
    english_name text not null,
    phone text,
    sort integer not null,
    made_up integer not null default 0
) strict;

create table account (
    id text primary key,
    phone text unique,
    name text not null,
    home_community text not null references community (id),
    created_at integer not null,
    closed_at integer,
    demo_role text unique
) strict;

-- A role is a grant on a scope: a team, a space, a community, or the district (empty scope).
create table role_grant (
    account text not null references account (id),
    role text not null check (role in ('team_editor', 'host', 'community_admin', 'district_admin')),
    scope text not null,
    granted_at integer not null,
    revoked_at integer,
    primary key (account, role, scope)
) strict;

create table person (
    id text primary key,
    account text not null references account (id),
    relation text not null check (relation in ('me', 'adult', 'child', 'elder')),
    name text not null,
    birth_month text,
    consent_at integer,
    created_at integer not null,
    removed_at integer
) strict;

create index person_household on person (account);
create unique index person_me on person (account) where relation = 'me' and removed_at is null;

create table device (
    id text primary key,
    account text not null references account (id),
    last_no integer not null default 0,
    created_at integer not null,
    last_seen_at integer not null,
    revoked_at integer
) strict;

-- The one answer of each command, in the transaction of its effect.
create table processed_command (
    id text primary key,
    device text not null references device (id),
    no integer not null,
    account text not null references account (id),
    stream text not null,
    kind text not null,
    body_hash text not null,
    outcome text not null,
    seq integer,
    at integer not null,
    unique (device, no)
) strict;

-- ---- activities ---------------------------------------------------------------------------------------------------

create table team (
    id text primary key,
    community text not null references community (id),
    name text not null,
    category text not null,
    about text,
    phone text
) strict;

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
    closed_at integer,
    setup_minutes integer not null generated always as (json_extract(policy, '$.setup_minutes')) virtual
        check (setup_minutes between 0 and 240 and setup_minutes % 15 = 0),
    teardown_minutes integer not null generated always as (json_extract(policy, '$.teardown_minutes')) virtual
        check (teardown_minutes between 0 and 240 and teardown_minutes % 15 = 0),
    groups_max integer not null generated always as (coalesce(json_extract(policy, '$.mode.groups'), 1)) virtual check (groups_max > 0),
    heads_max integer not null generated always as (json_extract(policy, '$.mode.heads')) virtual check (heads_max > 0)
) strict;

create index space_community on space (community);

create table closure (
    id text primary key,
    space text not null references space (id),
    from_at integer not null,
    until_at integer not null,
    reason text not null,
    check (from_at < until_at)
) strict;

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
    created_at integer not null
) strict;

create index activity_team on activity (team);

-- `taken` is kept by triggers on sign_up_member and guarded here: whatever path writes, nobody is let in beyond the
-- capacity. The waiting list's counts are kept by the operations and compared by `lifehub check`.
create table occurrence (
    id text primary key,
    activity text not null references activity (id),
    community text not null references community (id),
    starts_at integer not null,
    ends_at integer not null,
    planned_start integer not null,
    cancelled_at integer,
    cancel_reason text,
    sequence integer not null default 0,
    capacity integer check (capacity > 0),
    taken integer not null default 0,
    waiting_parties integer not null default 0 check (waiting_parties >= 0),
    waiting_heads integer not null default 0 check (waiting_heads >= 0),
    next_order integer not null default 1,
    check (starts_at < ends_at),
    constraint occurrence_full check (taken >= 0 and (capacity is null or taken <= capacity)),
    unique (activity, planned_start)
) strict;

create index occurrence_time on occurrence (community, starts_at);

-- queue_order: the order of asking, from the occurrence's counter; never a phone's clock.
create table sign_up (
    id text primary key,
    occurrence text not null references occurrence (id),
    community text not null references community (id),
    account text not null references account (id),
    state text not null check (state in ('confirmed', 'waitlisted', 'withdrawn', 'called_off')),
    queue_order integer not null,
    created_at integer not null,
    confirmed_at integer,
    ended_at integer,
    checked_in_at integer,
    check ((state in ('withdrawn', 'called_off')) = (ended_at is not null)),
    unique (id, occurrence)
) strict;

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
    is_child integer not null,
    seat integer,
    holds integer not null check (holds in (0, 1)),
    left_at integer,
    primary key (sign_up, person),
    foreign key (sign_up, occurrence) references sign_up (id, occurrence)
) strict;

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
    starts_at integer not null,
    ends_at integer not null,
    adults integer not null,
    children integer not null,
    purpose text not null,
    note text,
    answer_by integer,
    reason text,
    created_at integer not null,
    decided_at integer,
    decided_by text references account (id),
    checked_in_at integer,
    check (starts_at < ends_at),
    check (adults >= 0 and children >= 0 and adults + children > 0)
) strict;

create index booking_space on booking (space, starts_at);
create index booking_account on booking (account, starts_at);
create index booking_unanswered on booking (answer_by) where state = 'requested';

-- The part of a space that cannot be shared out further. Exclusive: cap_groups = 1 and cap_heads = 1.
create table atom (
    id text primary key,
    community text not null references community (id),
    cap_groups integer not null check (cap_groups > 0),
    cap_heads integer not null check (cap_heads > 0)
) strict;

create table space_atom (
    space text not null references space (id),
    atom text not null references atom (id),
    primary key (space, atom)
) strict;

-- A live hold, in cells of fifteen minutes of UTC: [s, e) with setup before and teardown after. Written by the triggers
-- of what it stands for, a live booking or a date that is not called off; by hand only for maintenance. `id` is
-- `<source_kind>:<source_id>`. Immutable: to move is to delete and insert.
create table claim (
    id text primary key,
    source_kind text not null check (source_kind in ('booking', 'occurrence', 'maintenance')),
    source_id text not null,
    space text not null references space (id),
    s integer not null,
    e integer not null,
    setup integer not null default 0 check (setup between 0 and 16),
    teardown integer not null default 0 check (teardown between 0 and 16),
    groups integer not null default 1 check (groups > 0),
    heads integer not null check (heads > 0),
    check (id = source_kind || ':' || source_id),
    check (s < e),
    constraint claim_too_long check (e - s <= 96),
    unique (source_kind, source_id)
) strict;

create index claim_space on claim (space, s);

-- Exactly what was taken, so that exactly that is released, whatever the policy says by then.
create table claim_atom (
    claim text not null,
    atom text not null references atom (id),
    groups integer not null,
    heads integer not null,
    primary key (claim, atom)
) strict;

-- The ledger, filled by triggers. A core cell may not meet a buffer cell of an exclusive atom; buffers may lie on each
-- other, so the gap between two holdings is the larger buffer. Limits stand beside the counts: lowering a limit lets
-- what is there stay.
create table occupancy (
    atom text not null references atom (id),
    cell integer not null,
    g integer not null,
    p integer not null,
    buf integer not null check (buf >= 0),
    cap_g integer not null,
    cap_p integer not null,
    primary key (atom, cell),
    constraint full_groups check (g between 0 and cap_g),
    constraint full_heads check (p between 0 and cap_p),
    constraint buffer_hit check (g = 0 or buf = 0 or cap_g > 1)
) strict;

-- ---- notices ------------------------------------------------------------------------------------------------------

-- One message per matter and account: `matter` names the thing and the change it is about.
create table notice (
    id text primary key,
    account text not null references account (id),
    community text not null references community (id),
    matter text not null,
    body text not null,
    created_at integer not null,
    read_at integer,
    unique (account, matter)
) strict;

-- ---- triggers -----------------------------------------------------------------------------------------------------

create trigger member_insert after insert on sign_up_member
when new.left_at is null and new.holds = 1
begin
    update occurrence set taken = taken + 1 where id = new.occurrence;
end;

create trigger member_update after update of holds, left_at, occurrence on sign_up_member
begin
    update occurrence set taken = taken - 1 where id = old.occurrence and old.left_at is null and old.holds = 1;
    update occurrence set taken = taken + 1 where id = new.occurrence and new.left_at is null and new.holds = 1;
end;

create trigger member_delete after delete on sign_up_member
when old.left_at is null and old.holds = 1
begin
    update occurrence set taken = taken - 1 where id = old.occurrence;
end;

create trigger member_holds_insert before insert on sign_up_member
when new.holds <> (new.left_at is null and (select state from sign_up where id = new.sign_up) = 'confirmed')
begin
    select raise(abort, 'member_holds');
end;

create trigger member_holds_update before update of holds, left_at on sign_up_member
when new.holds <> (new.left_at is null and (select state from sign_up where id = new.sign_up) = 'confirmed')
begin
    select raise(abort, 'member_holds');
end;

create trigger sign_up_state after update of state on sign_up
when new.state <> old.state
begin
    update sign_up_member set holds = (new.state = 'confirmed' and left_at is null) where sign_up = new.id;
end;

-- SQLite's triggers know no series of numbers, so there is a table of them: the longest claim and its buffers.
create table num (n integer primary key) strict;

insert into num
with recursive counted (n) as (select 0 union all select n + 1 from counted where n < 96)
select n from counted;

create trigger claim_guard before insert on claim
begin
    select raise(abort, 'claim_without_atoms') where not exists (select 1 from space_atom where space = new.space);
end;

create trigger claim_insert after insert on claim
begin
    -- An exclusive atom is taken once, whatever the size of the party; an activity takes all there is.
    insert into claim_atom
    select new.id, sa.atom,
           case when a.cap_groups = 1 then 1 when new.source_kind = 'occurrence' then a.cap_groups else new.groups end,
           case when a.cap_groups = 1 then 1 when new.source_kind = 'occurrence' then a.cap_heads else new.heads end
    from space_atom sa join atom a on a.id = sa.atom
    where sa.space = new.space;

    insert into occupancy
    select ca.atom, new.s + num.n, ca.groups, ca.heads, 0, a.cap_groups, a.cap_heads
    from claim_atom ca join atom a on a.id = ca.atom join num on num.n < new.e - new.s
    where ca.claim = new.id
    order by 1, 2
    on conflict (atom, cell) do update set g = g + excluded.g, p = p + excluded.p;

    insert into occupancy
    select ca.atom, new.s - 1 - num.n, 0, 0, 1, a.cap_groups, a.cap_heads
    from claim_atom ca join atom a on a.id = ca.atom join num on num.n < new.setup
    where ca.claim = new.id
    order by 1, 2
    on conflict (atom, cell) do update set buf = buf + 1;

    insert into occupancy
    select ca.atom, new.e + num.n, 0, 0, 1, a.cap_groups, a.cap_heads
    from claim_atom ca join atom a on a.id = ca.atom join num on num.n < new.teardown
    where ca.claim = new.id
    order by 1, 2
    on conflict (atom, cell) do update set buf = buf + 1;
end;

create trigger claim_update before update on claim
begin
    select raise(abort, 'claim_immutable');
end;

create trigger claim_delete after delete on claim
begin
    update occupancy
    set g = g - (select ca.groups from claim_atom ca where ca.claim = old.id and ca.atom = occupancy.atom),
        p = p - (select ca.heads from claim_atom ca where ca.claim = old.id and ca.atom = occupancy.atom)
    where cell >= old.s and cell < old.e and atom in (select atom from claim_atom where claim = old.id);

    -- A limit that was lowered while this stood now takes hold as far as it can.
    update occupancy
    set cap_g = max(g, (select a.cap_groups from atom a where a.id = occupancy.atom)),
        cap_p = max(p, (select a.cap_heads from atom a where a.id = occupancy.atom))
    where cell >= old.s and cell < old.e and atom in (select atom from claim_atom where claim = old.id);

    update occupancy set buf = buf - 1
    where atom in (select atom from claim_atom where claim = old.id)
      and ((cell >= old.s - old.setup and cell < old.s) or (cell >= old.e and cell < old.e + old.teardown));

    delete from occupancy
    where atom in (select atom from claim_atom where claim = old.id)
      and cell >= old.s - old.setup and cell < old.e + old.teardown and g = 0 and p = 0 and buf = 0;

    delete from claim_atom where claim = old.id;
end;

create trigger atom_mode before update of cap_groups on atom
when (old.cap_groups = 1) <> (new.cap_groups = 1)
begin
    select raise(abort, 'atom_mode_in_use') where exists (select 1 from claim_atom where atom = old.id);
end;

create trigger atom_limits after update of cap_groups, cap_heads on atom
begin
    update occupancy set cap_g = max(g, new.cap_groups), cap_p = max(p, new.cap_heads) where atom = new.id;
end;

create trigger space_atom_insert before insert on space_atom
begin
    select raise(abort, 'space_in_use') where exists (select 1 from claim where space = new.space);
end;

create trigger space_atom_update before update on space_atom
begin
    select raise(abort, 'space_in_use') where exists (select 1 from claim where space in (old.space, new.space));
end;

create trigger space_atom_delete before delete on space_atom
begin
    select raise(abort, 'space_in_use') where exists (select 1 from claim where space = old.space);
end;

-- A claim goes when what it stands for goes, not before it.
create trigger claim_keep before delete on claim
begin
    select raise(abort, 'claim_in_use') where exists (
        select 1 from booking b
        where old.source_kind = 'booking' and b.id = old.source_id and b.space = old.space
          and b.state in ('requested', 'approved', 'checked_in') and b.adults + b.children = old.heads
          and b.starts_at / 900000 = old.s and (b.ends_at + 899999) / 900000 = old.e)
    or exists (
        select 1 from occurrence o join activity a on a.id = o.activity
        where old.source_kind = 'occurrence' and o.id = old.source_id and a.venue_space = old.space
          and o.cancelled_at is null and o.starts_at / 900000 = old.s and (o.ends_at + 899999) / 900000 = old.e);
end;

-- A cell is 900,000 ms; what begins or ends within one holds all of it.
create trigger booking_holds after insert on booking
begin
    insert into claim (id, source_kind, source_id, space, s, e, setup, teardown, groups, heads)
    select 'booking:' || new.id, 'booking', new.id, s.id, new.starts_at / 900000, (new.ends_at + 899999) / 900000,
           s.setup_minutes / 15, s.teardown_minutes / 15, 1, new.adults + new.children
    from space s where s.id = new.space and new.state in ('requested', 'approved', 'checked_in');
end;

-- A move gives back and takes anew within one statement: it may overlap its own old time, and when it is refused the
-- old time stays.
create trigger booking_changes after update of id, space, state, starts_at, ends_at, adults, children on booking
when (new.state in ('requested', 'approved', 'checked_in')) <> (old.state in ('requested', 'approved', 'checked_in'))
    or new.id <> old.id or new.space <> old.space or new.starts_at <> old.starts_at or new.ends_at <> old.ends_at
    or new.adults + new.children <> old.adults + old.children
begin
    delete from claim where id = 'booking:' || old.id;
    insert into claim (id, source_kind, source_id, space, s, e, setup, teardown, groups, heads)
    select 'booking:' || new.id, 'booking', new.id, s.id, new.starts_at / 900000, (new.ends_at + 899999) / 900000,
           s.setup_minutes / 15, s.teardown_minutes / 15, 1, new.adults + new.children
    from space s where s.id = new.space and new.state in ('requested', 'approved', 'checked_in');
end;

create trigger booking_goes after delete on booking
begin
    delete from claim where id = 'booking:' || old.id;
end;

create trigger occurrence_holds after insert on occurrence
begin
    insert into claim (id, source_kind, source_id, space, s, e, setup, teardown, groups, heads)
    select 'occurrence:' || new.id, 'occurrence', new.id, s.id, new.starts_at / 900000, (new.ends_at + 899999) / 900000,
           s.setup_minutes / 15, s.teardown_minutes / 15, s.groups_max, s.heads_max
    from activity a join space s on s.id = a.venue_space
    where a.id = new.activity and new.cancelled_at is null;
end;

create trigger occurrence_changes after update of id, activity, cancelled_at, starts_at, ends_at on occurrence
when new.id <> old.id or new.activity <> old.activity or (new.cancelled_at is null) <> (old.cancelled_at is null)
    or new.starts_at <> old.starts_at or new.ends_at <> old.ends_at
begin
    delete from claim where id = 'occurrence:' || old.id;
    insert into claim (id, source_kind, source_id, space, s, e, setup, teardown, groups, heads)
    select 'occurrence:' || new.id, 'occurrence', new.id, s.id, new.starts_at / 900000, (new.ends_at + 899999) / 900000,
           s.setup_minutes / 15, s.teardown_minutes / 15, s.groups_max, s.heads_max
    from activity a join space s on s.id = a.venue_space
    where a.id = new.activity and new.cancelled_at is null;
end;

create trigger occurrence_goes after delete on occurrence
begin
    delete from claim where id = 'occurrence:' || old.id;
end;

-- Another room would be another claim for every date: call the dates off, or publish anew.
create trigger activity_venue before update of venue_space on activity
when new.venue_space is not old.venue_space
begin
    select raise(abort, 'venue_in_use') where exists (select 1 from occurrence where activity = old.id);
end;
