-- Editing a series: from one date on it goes on as another activity, and its dates go over to that one, each with its id.

-- What goes on instead of it.
alter table activity add column continued_by text references activity (id)
    constraint activity_continued check (continued_by is null or continued_by <> id);

-- planned_start follows the rule the date is now of; was_start is when it was to begin before any of that. place_changed_at:
-- since when it has another place than it was published with, because its series has.
alter table occurrence add column was_start bigint;
alter table occurrence add column place_changed_at bigint;

-- A date goes over to nothing but what its activity goes on as.
create function occurrence_goes_over_guarded() returns trigger language plpgsql as $$
begin
    if not exists (select 1 from activity where id = old.activity and continued_by = new.activity) then
        raise exception 'occurrence_goes_over';
    end if;
    return new;
end $$;

create trigger occurrence_goes_over before update of activity on occurrence for each row
    when (new.activity <> old.activity)
    execute function occurrence_goes_over_guarded();
