-- A claim asked for by name is released because somebody allowed it, not because nobody declined it; and what is looked for gets an index.

alter table grants
    add column claim_names text[] not null default '{}';

create index login_failures_window on login_failures (window_ends_at);
create index interactions_client on interactions (client_id);
