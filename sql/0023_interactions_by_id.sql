-- An interaction is looked for by its id. A plan made while the table was empty went by this index instead, and read every waiting request of the client.
drop index interactions_client;
