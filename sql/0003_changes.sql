-- Servers keep clients, scopes and resources in memory; whoever changes one, by whatever way, tells them all.

create function announce_change() returns trigger language plpgsql as $$
begin
    perform pg_notify('authcore_changed', tg_argv[0]);
    return null;
end
$$;

create trigger clients_changed        after insert or update or delete on clients        for each statement execute function announce_change('clients');
create trigger client_secrets_changed after insert or update or delete on client_secrets for each statement execute function announce_change('clients');
create trigger scopes_changed         after insert or update or delete on scopes         for each statement execute function announce_change('catalog');
create trigger resources_changed      after insert or update or delete on resources      for each statement execute function announce_change('catalog');
