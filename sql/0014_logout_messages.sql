-- OpenID Connect Back-Channel Logout: a message to each application of a session, written by the very statement that ends it, whatever statement that is.
create table logout_messages (
    jti             uuid        primary key,                   -- the same in every token that is sent for this message
    client_id       text        not null references clients on delete cascade,
    session_id      uuid        not null,                      -- the `sid`; the session's row goes before its messages
    subject         text        not null,
    created_at      timestamptz not null,
    give_up_at      timestamptz not null,
    attempts        integer     not null default 0,
    next_attempt_at timestamptz,                               -- null: delivered or dead; while somebody sends it, when another may
    last_attempt_at timestamptz,
    last_status     integer,                                   -- 0: no answer at all
    last_error      text,
    delivered_at    timestamptz,
    dead_at         timestamptz,
    unique (session_id, client_id),
    check ((next_attempt_at is null) = (delivered_at is not null or dead_at is not null)),
    check (delivered_at is null or dead_at is null)
);

create index logout_messages_due on logout_messages (client_id, next_attempt_at) where next_attempt_at is not null;
create index logout_messages_done on logout_messages (created_at) where next_attempt_at is null;

create function queue_logout_messages() returns trigger language plpgsql as $$
begin
    insert into logout_messages (jti, client_id, session_id, subject, created_at, next_attempt_at, give_up_at)
    select gen_random_uuid(), c.client_id, new.id, new.subject, new.ended_at, new.ended_at, new.ended_at + interval '1 day'
    from   session_clients sc
    join   clients c on c.client_id = sc.client_id
    where  sc.session_id = new.id
    and    c.backchannel_logout_uri is not null and c.disabled_at is null
    on conflict do nothing;
    if found then
        perform pg_notify('authcore_logout', '');
    end if;
    return null;
end
$$;

create trigger sessions_ended after update of ended_at on sessions for each row
    when (old.ended_at is null and new.ended_at is not null)
    execute function queue_logout_messages();

-- A code that was issued while its session was being ended: the application has no session yet, so its message waits a little.
create function queue_late_logout_message() returns trigger language plpgsql as $$
begin
    insert into logout_messages (jti, client_id, session_id, subject, created_at, next_attempt_at, give_up_at)
    select gen_random_uuid(), c.client_id, s.id, s.subject, s.ended_at, s.ended_at + interval '10 seconds', s.ended_at + interval '1 day'
    from   sessions s
    join   clients c on c.client_id = new.client_id
    where  s.id = new.session_id and s.ended_at is not null
    and    c.backchannel_logout_uri is not null and c.disabled_at is null
    on conflict do nothing;
    return null;
end
$$;

create trigger session_clients_late after insert on session_clients for each row execute function queue_late_logout_message();
