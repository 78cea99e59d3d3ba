-- Pairwise subjects (OIDC Core §8.1): the secret that they are made with, and the sector whose name for the user a family carries.

create table pairwise_secret (
    only_row   boolean     primary key default true check (only_row),
    secret     bytea       not null,                       -- 32 random bytes under the master key; were they lost, every client would take everybody for a stranger
    created_at timestamptz not null
);

alter table grants
    add column sector text;                                -- null: the public subject
