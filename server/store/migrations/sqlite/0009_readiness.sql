-- One row that is rewritten to find out whether the database can be written.
CREATE TABLE readiness (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    -- When somebody last asked, in microseconds since 1970 UTC.
    checked_us INTEGER NOT NULL
);

INSERT INTO readiness (id, checked_us) VALUES (1, 0);
