-- Which applications a person signed in to in a session, for as long as the session is kept: a family of tokens may be gone long before. Only those that want to hear of its end.
create table session_clients (
    session_id uuid not null references sessions on delete cascade,
    client_id  text not null,                                  -- no reference: it would lock the client's row once more for each sign-in
    primary key (session_id, client_id)
);

create function note_session_client() returns trigger language plpgsql as $$
begin
    -- The share lock meets whoever ends the session at this moment: one of the two waits, and sees what the other did.
    insert into session_clients (session_id, client_id)
    select s.id, c.client_id
    from   clients c
    join   sessions s on s.id = new.session_id
    where  c.client_id = new.client_id
    and    (c.backchannel_logout_uri is not null or c.frontchannel_logout_uri is not null)
    for share of s
    on conflict do nothing;
    return null;
end
$$;

create trigger grants_session_client after insert on grants for each row
    when (new.session_id is not null and 'openid' = any (new.scope))
    execute function note_session_client();
