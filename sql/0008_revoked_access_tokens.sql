-- Access tokens ended before their time, by their jti, until they would have ended anyway. Each is told to all servers, which keep them in memory.

create table revoked_access_tokens (
    jti        text        primary key check (length(jti) between 1 and 255),
    expires_at timestamptz not null
);

create index revoked_access_tokens_expires_at on revoked_access_tokens (expires_at);

-- A topic of its own: it makes nothing else old that servers keep in memory.
create function announce_revoked_access_token() returns trigger language plpgsql as $$
begin
    perform pg_notify('authcore_changed', 'revoked ' || extract(epoch from new.expires_at)::bigint || ' ' || new.jti);
    return null;
end
$$;

create trigger revoked_access_token_added after insert on revoked_access_tokens for each row execute function announce_revoked_access_token();
