-- A family is one row: its code and the live end of its chain of refresh tokens stand in it, so that each step of its life writes this row and no other, and what was spent leaves no rows behind.
-- The hashes are SHA-256; no check says so, since a check is parsed anew by each statement that writes.

alter table grants
    add column code_hash            bytea,
    add column redirect_uri         text,
    add column redirect_uri_sent    boolean,
    add column code_challenge       text,
    add column code_confirmation    text,                  -- the `cnf` (RFC 7800) that whoever presents the code must prove
    add column code_expires_at      timestamptz,
    add column redeemed_at          timestamptz,
    add column chain_hash           bytea,                 -- of what all refresh tokens of the chain have in common: one that has it, and is not the last, was used before
    add column unbound_chain_hash   bytea,                 -- of the chain before it was bound to a key of the client's
    add column refresh_hash         bytea,                 -- the live end
    add column refresh_expires_at   timestamptz,
    add column refresh_confirmation text,
    add column used_at              timestamptz,           -- when tokens were last given for it
    add column spent_hash           bytea,                 -- the end before: a retry with it gets the same answer, for a while
    add column rotated_at           timestamptz,
    add column rotated_scope        text[],
    add column rotated_resource     text[],
    add column successor            bytea;                 -- the live end, encrypted under a key derived from the one before

-- Room for the next version of a row in its own page: then no index is written.
alter table grants set (fillfactor = 75);

update grants g
set    code_hash = c.code_hash, redirect_uri = c.redirect_uri, redirect_uri_sent = c.redirect_uri_sent, code_challenge = c.code_challenge,
       code_confirmation = c.confirmation, code_expires_at = c.expires_at, redeemed_at = c.redeemed_at, used_at = c.redeemed_at
from   authorization_codes c
where  c.grant_id = g.id;

-- Each insert would lock the row of its client, which all families of a busy client share, and look the user up once more, whose row the statement holds. So who goes takes the families along.
alter table grants
    drop constraint grants_client_id_fkey,
    drop constraint grants_subject_fkey;

create function forget_grants_of_client() returns trigger language plpgsql as $$
begin
    delete from grants where client_id = old.client_id;
    return null;
end
$$;

create function forget_grants_of_user() returns trigger language plpgsql as $$
begin
    delete from grants where subject = old.subject;
    return null;
end
$$;

create trigger clients_grants after delete on clients for each row execute function forget_grants_of_client();
create trigger users_grants   after delete on users   for each row execute function forget_grants_of_user();

-- Refresh tokens given out until now have no such common part: their holders sign in again.
drop table authorization_codes;
drop table refresh_tokens;
