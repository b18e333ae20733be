-- A fair waiting list: a party is gone past a few times at most, places are offered near the start, and how many may come
-- can change without anybody being removed.

-- passes: how often others went past a waiting party. offer_until: the party holds its places, and until then is asked
-- whether it takes them. offers_expired: offers it let pass. lapsed_at: it is out because it did not take one.
alter table sign_up add column passes integer not null default 0
    constraint sign_up_passes check (passes between 0 and 3);
alter table sign_up add column offer_until integer
    constraint sign_up_offer check (offer_until is null or state = 'confirmed');
alter table sign_up add column offers_expired integer not null default 0
    constraint sign_up_expired check (offers_expired between 0 and 2);
alter table sign_up add column lapsed_at integer
    constraint sign_up_lapsed check (lapsed_at is null or state = 'withdrawn');

create index sign_up_offered on sign_up (occurrence, offer_until) where offer_until is not null;

-- lowered_to: fewer may come than have a place. Then capacity is the number of those who have one, and follows it down to
-- here, so that nobody gets in while there are too many. capacity_changed_at: seats may have higher numbers than there
-- are places now. called_at: those who waited were told that places are free for whoever comes first.
alter table occurrence add column lowered_to integer
    constraint occurrence_lowered check (lowered_to is null or (lowered_to > 0 and capacity is not null and lowered_to < capacity));
alter table occurrence add column capacity_changed_at integer;
alter table occurrence add column capacity_reason text;
alter table occurrence add column called_at integer;

create index occurrence_waited_for on occurrence (starts_at) where waiting_parties > 0;

create trigger occurrence_over after update of taken on occurrence
when new.lowered_to is not null and new.taken < new.capacity
begin
    update occurrence
    set capacity = max(new.taken, new.lowered_to),
        lowered_to = case when new.taken > new.lowered_to then new.lowered_to end
    where id = new.id;
end;

-- What may rise again is only what was lowered.
create trigger occurrence_still_over before update of capacity on occurrence
when old.lowered_to is not null and new.lowered_to is not null and new.capacity > old.capacity
begin
    select raise(abort, 'occurrence_over');
end;
