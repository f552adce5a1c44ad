-- What was acknowledged and is not yet in the tables that reports read.
--
-- A commit of the writer appends its facts here as one row a workspace and is then durable: an append, however widely
-- the facts scatter over campaigns, people and days. Tens of thousands of them at a time are then settled: sorted, and
-- merged into `dedupe`, `recipient`, `message`, `event` and `rollup` in one transaction that deletes these rows.
-- Whoever reads those tables has the journal settled first. AUTOINCREMENT: a number is never given twice, because the
-- writer remembers by number what it still holds in memory.

CREATE TABLE journal (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace INTEGER NOT NULL,
    data BLOB NOT NULL
);

-- How often the journal was settled. If it isn't where a writer left it, another process settled it, and what the
-- writer remembers of the tables is out of date.
CREATE TABLE journal_state (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    settled INTEGER NOT NULL
);
INSERT INTO journal_state (one, settled) VALUES (1, 0);

-- The workspace's change number when its facts were last settled: figures reach at least this far.
ALTER TABLE workspace ADD COLUMN settled_seq INTEGER NOT NULL DEFAULT 0;
