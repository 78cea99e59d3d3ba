-- Security profiles of clients (FAPI 2.0): the word that an operator wrote, and the four demands of it that no other column says.

alter table clients
    add column profile                      text,
    add column allowed_signing_algs         text[]  not null default '{}',   -- empty = all that the server knows
    add column authorization_code_lifetime  integer check (authorization_code_lifetime between 1 and 600),   -- seconds at most; null = the server's
    add column strict_redirect_uris         boolean not null default false,
    add column require_signed_introspection boolean not null default false;
