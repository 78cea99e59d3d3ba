-- What a token is for is remembered where it was asked and answered: a consent knows its resources, and a retried refresh gets those of the first answer.

alter table consents
    add column targets text[] not null default '{}';       -- each resource, and each scope with each resource that understands it: 'read:files https://api.example.com'

alter table refresh_tokens
    add column rotated_resource text[];                    -- beside rotated_scope
