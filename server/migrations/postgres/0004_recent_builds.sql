-- Files of recent builds. A page that was loaded before a new build came may ask for a piece later, of any server: each
-- answers for what it has inside and for what lies here. Nothing here travels to phones as data.

-- A build that was served: when a server last said that it has it inside, and the addresses of its files, as JSON.
create table build (
    id text primary key,
    files text not null,
    first_seen_at bigint not null,
    last_seen_at bigint not null
);

-- A file in one encoding. Its address carries a hash of what is in it, so builds share what they have in common.
create table build_file (
    path text not null,
    encoding text not null check (encoding in ('plain', 'br', 'gzip')),
    media_type text not null,
    etag text not null,
    bytes bytea not null,
    primary key (path, encoding)
);
