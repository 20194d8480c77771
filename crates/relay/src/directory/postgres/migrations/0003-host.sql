-- The host's public key, by which the relays of a program see that they are one host's. The key itself is never here.
CREATE TABLE host (key BYTEA PRIMARY KEY);
ALTER TABLE host ALTER COLUMN key SET STATISTICS 0;
