-- A command that breaks the server again and again is put aside, so that the queue behind it goes on. A device sends in
-- order, so one number at a time can be stuck: how often that one broke is all there is to know.
alter table device add column fault_no bigint;
alter table device add column faults bigint not null default 0;
