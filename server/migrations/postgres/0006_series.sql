-- Series: activities that take place by a rule. Their dates are there up to a horizon that moves with the days; the job
-- that moves it is behind when `made_until` is. A paused series makes no dates.
create table series (
    activity text primary key references activity (id),
    made_until bigint not null,
    paused_at bigint
);

create index series_due on series (made_until) where paused_at is null;

-- A date of a series whose room was somebody else's when the date came to be there: it is there, called off by nobody.
alter table occurrence add column room_taken_at bigint check (room_taken_at is null or cancelled_at is not null);

-- What a team has changed of one date by hand, field by field: its time (since when), its place (as JSON of the domain's
-- type, with the space beside it, as an activity has them). Edits of the whole series leave these alone.
alter table occurrence add column moved_at bigint;
alter table occurrence add column own_venue text;
alter table occurrence add column own_space text references space (id) check (own_space is null or own_venue is not null);

-- Since when a party has been told of another time or place and has not said anything: it still comes, and may leave.
alter table sign_up add column needs_ack_at bigint;

-- The space a date holds is its own where it has one, else its activity's.
create or replace function claim_kept() returns trigger language plpgsql as $$
begin
    if exists (
        select 1 from booking b
        where old.source_kind = 'booking' and b.id = old.source_id and b.space = old.space
          and b.state in ('requested', 'approved', 'checked_in') and b.adults + b.children = old.heads
          and b.starts_at / 900000 = old.s and (b.ends_at + 899999) / 900000 = old.e)
    or exists (
        select 1 from occurrence o join activity a on a.id = o.activity
        where old.source_kind = 'occurrence' and o.id = old.source_id
          and case when o.own_venue is null then a.venue_space else o.own_space end = old.space
          and o.cancelled_at is null and o.starts_at / 900000 = old.s and (o.ends_at + 899999) / 900000 = old.e) then
        raise exception 'claim_in_use';
    end if;
    return old;
end $$;

-- What it holds stays where it is the same: a few minutes later may lie in the same cells.
create or replace function occurrence_changed() returns trigger language plpgsql as $$
begin
    if tg_op in ('UPDATE', 'DELETE') then
        delete from claim where id = 'occurrence:' || old.id and not exists (
            select 1 from occurrence o join activity a on a.id = o.activity
            where o.id = old.id and case when o.own_venue is null then a.venue_space else o.own_space end = claim.space
              and o.cancelled_at is null and o.starts_at / 900000 = claim.s and (o.ends_at + 899999) / 900000 = claim.e);
    end if;
    if tg_op = 'DELETE' then
        return null;
    end if;
    insert into claim (id, source_kind, source_id, space, s, e, setup, teardown, groups, heads)
    select 'occurrence:' || new.id, 'occurrence', new.id, s.id, new.starts_at / 900000, (new.ends_at + 899999) / 900000,
           s.setup_minutes / 15, s.teardown_minutes / 15, s.groups_max, s.heads_max
    from activity a join space s on s.id = case when new.own_venue is null then a.venue_space else new.own_space end
    where a.id = new.activity and new.cancelled_at is null
      and not exists (select 1 from claim c where c.id = 'occurrence:' || new.id);
    return null;
end $$;

drop trigger occurrence_changes on occurrence;
create trigger occurrence_changes
    after update of id, activity, cancelled_at, starts_at, ends_at, own_venue, own_space on occurrence
    for each row
    when (new.id <> old.id or new.activity <> old.activity or (new.cancelled_at is null) <> (old.cancelled_at is null)
        or new.starts_at <> old.starts_at or new.ends_at <> old.ends_at
        or (new.own_venue is null) <> (old.own_venue is null) or new.own_space is distinct from old.own_space)
    execute function occurrence_changed();
