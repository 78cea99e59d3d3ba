-- A signing key is made when it is first needed, by one server; the others publish it within a second.

create trigger signing_keys_changed after insert or update or delete on signing_keys for each statement execute function announce_change('signing_keys');
