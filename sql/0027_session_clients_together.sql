-- Families begin together where requests meet: what they note of their sessions is noted once a statement, in one order, so that two servers never wait for each other both ways.
drop trigger grants_session_client on grants;
drop function note_session_client();

create function note_session_clients() returns trigger language plpgsql as $$
begin
    -- The share lock meets whoever ends the session at this moment: one of the two waits, and sees what the other did.
    insert into session_clients (session_id, client_id)
    select s.id, c.client_id
    from   begun g
    join   clients c on c.client_id = g.client_id and (c.backchannel_logout_uri is not null or c.frontchannel_logout_uri is not null)
    join   sessions s on s.id = g.session_id
    where  'openid' = any (g.scope)
    order by s.id, c.client_id
    for share of s
    on conflict do nothing;
    return null;
end
$$;

create trigger grants_session_clients after insert on grants referencing new table as begun for each statement execute function note_session_clients();
