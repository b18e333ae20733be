-- One's own calendar for other programs, found by the hash of a secret that only its owner has: a copy of the database opens
-- none. One row an account, so that a new address ends the one before. `command` made it, by which a phone knows its own.
create table calendar_key (
    account text primary key references account (id),
    key_hash text not null unique check (length(key_hash) = 64),
    command text not null,
    made_at bigint not null
);
