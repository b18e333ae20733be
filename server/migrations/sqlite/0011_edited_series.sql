-- Editing a series: from one date on it goes on as another activity, and its dates go over to that one, each with its id.

-- What goes on instead of it.
alter table activity add column continued_by text references activity (id)
    constraint activity_continued check (continued_by is null or continued_by <> id);

-- planned_start follows the rule the date is now of; was_start is when it was to begin before any of that. place_changed_at:
-- since when it has another place than it was published with, because its series has.
alter table occurrence add column was_start integer;
alter table occurrence add column place_changed_at integer;

-- A date goes over to nothing but what its activity goes on as.
create trigger occurrence_goes_over before update of activity on occurrence
when new.activity <> old.activity
begin
    select raise(abort, 'occurrence_goes_over') where not exists (
        select 1 from activity where id = old.activity and continued_by = new.activity);
end;
