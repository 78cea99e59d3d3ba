-- What ends must meet what begins: a count of endings that whoever begins a session or a family repeats. And what people are told of their sessions and applications.

alter table users
    add column endings integer not null default 0;

alter table sessions
    add column device text check (length(device) between 1 and 64);   -- "Firefox on Windows", from a closed list; never the header itself

alter table refresh_tokens
    add column used_at timestamptz;                                   -- the last use of a token that does not rotate

create index interactions_consented on interactions (consented_subject) where consented_subject is not null;
