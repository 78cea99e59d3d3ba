-- What a client or resource chooses about the life of its tokens: their form, who may ask about them, and what is published of them.

alter table clients
    add column access_token_format text check (access_token_format in ('jwt', 'opaque'));

alter table resources
    add column access_token_format   text check (access_token_format in ('jwt', 'opaque')),
    add column introspection_clients text[]  not null default '{}',
    add column publish_metadata      boolean not null default false;
