-- A client assertion (RFC 7523) works once: whoever inserts its row first has used it. The row goes with the assertion's time, a few minutes later.
create table spent_client_assertions (
    client_id  text        not null,
    jti_hash   bytea       not null check (length(jti_hash) = 32),
    expires_at timestamptz not null,
    primary key (client_id, jti_hash)
);

create index spent_client_assertions_expires_at on spent_client_assertions (expires_at);

-- RFC 10070 wants the issuer as the only audience; clients of old name the token endpoint.
alter table clients add column client_assertion_legacy_audience boolean not null default false;
