-- What the configuration file owns, so that the next start can tell what changed in it from what was changed elsewhere.
create table config_entries (
    kind        text    not null check (kind in ('scope', 'resource', 'client', 'user')),
    key         text    not null,                          -- the scope's name, the resource's identifier, client_id, subject
    fingerprint bytea   check (length(fingerprint) = 32),  -- of a user's password setting: HMAC under the master key
    disabled    boolean not null default false,            -- switched off by the file, or named by it no more
    demo        boolean not null default false,            -- its passwords and secrets are known to everybody
    primary key (kind, key)
);
