-- A code, and a refresh token of a public client, may be bound to a key of the client's: `confirmation` is the `cnf` (RFC 7800) that whoever presents it must prove.

alter table interactions        add column confirmation text;
alter table authorization_codes add column confirmation text;
alter table refresh_tokens      add column confirmation text;

alter table clients
    add column require_dpop_nonce boolean not null default false;
