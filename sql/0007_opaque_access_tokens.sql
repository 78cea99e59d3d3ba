-- Access tokens that say nothing by themselves, for clients and resources that choose so: what a JWT would say stands here, under the token's hash.
-- No references: each token would lock the row of its client or family. A row whose family is gone is worth nothing, and lives a day at most.

create table opaque_access_tokens (
    id               uuid        not null,                 -- where the token's text says that it lives: with its family, or by itself where a client acts for itself
    token_hash       bytea       not null check (length(token_hash) = 32),
    has_family       boolean     not null,                 -- then id is that of the grant
    client_id        text        not null,
    subject          text        not null,
    audience         text[]      not null,
    scope            text[]      not null,
    jti              text        not null,
    issued_at        timestamptz not null,
    expires_at       timestamptz not null,
    authenticated_at timestamptz,
    acr              text,
    amr              text[],
    confirmation     text,                                 -- RFC 7800 §3.1, as JSON
    primary key (id, token_hash)
);

create index opaque_access_tokens_expires_at on opaque_access_tokens (expires_at);
