-- Signing in. Apart from the tables of the first file, because nothing here travels to phones.

-- Who holds which cookie. Only the hash of a cookie is kept: a copy of the database opens no session.
create table session (
    token_hash text primary key,
    account text not null references account (id),
    created_at bigint not null,
    -- To the hour: finer would make every read a write.
    last_seen_at bigint not null
);
create index session_account on session (account);

-- One row per code that was asked for. The limits count these rows, so all servers share them.
create table login_challenge (
    id text primary key,
    phone text not null,
    browser_hash text not null,
    network_hash text not null,
    code_hash text not null,
    tries bigint not null check (tries >= 0),
    failures bigint not null check (failures >= 0),
    created_at bigint not null,
    expires_at bigint not null,
    used_at bigint
);
create index login_challenge_phone on login_challenge (phone, created_at);
create index login_challenge_browser on login_challenge (browser_hash, created_at);
create index login_challenge_network on login_challenge (network_hash, created_at);
create index login_challenge_created on login_challenge (created_at);

-- One row that everybody who asks for a code updates first: two cannot both be the fifth in an hour.
create table login_guard (
    id bigint primary key check (id = 1),
    asked bigint not null
);
insert into login_guard (id, asked) values (1, 0);
