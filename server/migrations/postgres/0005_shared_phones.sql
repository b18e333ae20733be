-- Somebody may sign in on a phone that is not theirs. Such a session ends soon, and here it says since when it is one.
alter table session add column shared_at bigint;
