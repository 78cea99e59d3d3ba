-- RFC 9126: a pushed request is an interaction that waits for its browser; and clients that may push redirect URIs nobody registered.

alter table interactions
    add column pushed_until timestamptz;   -- until when its request_uri is taken; null = it was not pushed

alter table clients
    add column allow_unregistered_redirect_uris boolean not null default false;
