-- Proofs that were taken, so that none counts twice (RFC 9449 §11.1), for as long as they could be presented again. Unlogged: a proof costs no write of the log.
-- When PostgreSQL did not end cleanly, or another server takes over, the table is empty. Then the row with the empty hash is gone too, and whoever misses it knows that proofs
-- made before `since` may have been taken already. Nothing was taken before this table was made.

create unlogged table dpop_proofs (
    proof_hash bytea       primary key check (length(proof_hash) in (0, 32)),
    expires_at timestamptz not null,
    since      timestamptz check ((since is null) = (length(proof_hash) > 0))
);

create index dpop_proofs_expires_at on dpop_proofs (expires_at);

insert into dpop_proofs (proof_hash, expires_at, since) values ('', 'infinity', '-infinity');
