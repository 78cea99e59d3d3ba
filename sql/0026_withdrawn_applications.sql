-- Whoever takes an application's access away is signed out of it too: it is told of each session that it is in, as if that had ended for it alone.
-- An application that is signed in to again in the same session is told of its end again, so one message a session is no rule any more.
alter table logout_messages drop constraint logout_messages_session_id_client_id_key;

create function leave_sessions(person text, application text, at timestamptz) returns void language plpgsql as $$
begin
    with gone as (
        delete from session_clients sc
        using  sessions s
        where  s.id = sc.session_id and s.subject = person and s.ended_at is null
        and    sc.client_id = application
        returning sc.session_id)
    insert into logout_messages (jti, client_id, session_id, subject, created_at, next_attempt_at, give_up_at)
    select gen_random_uuid(), c.client_id, gone.session_id, person, at, at, at + interval '1 day'
    from   gone
    join   clients c on c.client_id = application
    where  c.backchannel_logout_uri is not null and c.disabled_at is null;
    if found then
        perform pg_notify('authcore_logout', '');
    end if;
end
$$;
