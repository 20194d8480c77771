-- The records of one program, in a schema of its own (the search path has no other). The tables and columns are
-- SQLite's, so that one list accounts for both. Nothing is compressed: what a row takes is what was put there.
CREATE TABLE program (root BYTEA PRIMARY KEY);
CREATE TABLE versioned (kind BIGINT PRIMARY KEY, version BIGINT NOT NULL, record BYTEA NOT NULL);
CREATE TABLE policy_former (version BIGINT PRIMARY KEY, record BYTEA NOT NULL);
CREATE TABLE staff (number BIGINT PRIMARY KEY, device BYTEA NOT NULL UNIQUE, record BYTEA NOT NULL);
CREATE TABLE invitation (
    id BYTEA PRIMARY KEY,
    expires BIGINT NOT NULL,
    invitation BYTEA NOT NULL,
    request BYTEA,
    completion BYTEA
);
CREATE TABLE answers (id BYTEA PRIMARY KEY, runs_out BIGINT NOT NULL, batch BYTEA NOT NULL);
CREATE TABLE counts (id BYTEA PRIMARY KEY, runs_out BIGINT NOT NULL, record BYTEA NOT NULL);
CREATE TABLE locale (hash BYTEA PRIMARY KEY, file BYTEA NOT NULL);
CREATE TABLE notice (
    number BIGINT PRIMARY KEY,
    id BYTEA NOT NULL UNIQUE,
    runs_out BIGINT NOT NULL,
    record BYTEA NOT NULL
);
CREATE TABLE notice_read (notice BYTEA NOT NULL, device BYTEA NOT NULL, PRIMARY KEY (notice, device));
CREATE TABLE audit (number BIGINT PRIMARY KEY, at BIGINT NOT NULL, entry BYTEA NOT NULL);

ALTER TABLE versioned ALTER COLUMN record SET STORAGE EXTERNAL;
ALTER TABLE policy_former ALTER COLUMN record SET STORAGE EXTERNAL;
ALTER TABLE staff ALTER COLUMN record SET STORAGE EXTERNAL;
ALTER TABLE invitation ALTER COLUMN invitation SET STORAGE EXTERNAL;
ALTER TABLE invitation ALTER COLUMN request SET STORAGE EXTERNAL;
ALTER TABLE invitation ALTER COLUMN completion SET STORAGE EXTERNAL;
ALTER TABLE answers ALTER COLUMN batch SET STORAGE EXTERNAL;
ALTER TABLE counts ALTER COLUMN record SET STORAGE EXTERNAL;
ALTER TABLE locale ALTER COLUMN file SET STORAGE EXTERNAL;
ALTER TABLE notice ALTER COLUMN record SET STORAGE EXTERNAL;
ALTER TABLE audit ALTER COLUMN entry SET STORAGE EXTERNAL;
