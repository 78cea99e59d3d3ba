-- FAPI 2.0 Message Signing: the response modes that a client may ask for; a client of signed responses gets no other.

alter table clients
    add column response_modes text[] not null default '{}';   -- empty = all that the server delivers
