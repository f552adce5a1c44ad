-- The inbox is emptied of what is old, and clicks wait until it is known who else clicked.
--
-- `keeps_key`: understanding the item did more than tell facts, so that its key is remembered in `inbox_past` when the
-- item itself is forgotten; what tells facts alone may be understood again, because facts are counted once by their ids.
-- Items that were understood before this column came are taken to have done more.

ALTER TABLE inbox ADD COLUMN keeps_key INTEGER NOT NULL DEFAULT 1;
CREATE INDEX inbox_old ON inbox (received_us) WHERE state = 1 AND problem IS NULL;
CREATE INDEX inbox_odd ON inbox (received_us) WHERE problem IS NOT NULL;

-- h1, h2: the two halves of a 128-bit hash of the provider's key.
CREATE TABLE inbox_past (
    account INTEGER NOT NULL,
    h1 INTEGER NOT NULL,
    h2 INTEGER NOT NULL,
    PRIMARY KEY (account, h1, h2)
) WITHOUT ROWID;

-- Clicks on links of a message, for as long as other clicks may tell whether a person made them. `link` is 0 for the
-- link that people can't see. `links` is how many followed links the message has. `fact` is what is told to the reports
-- when the time has come (as a journal row of one fact); none once it was told, and none for the link of 0.
CREATE TABLE waiting_click (
    pk INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace INTEGER NOT NULL,
    message TEXT NOT NULL,
    link INTEGER NOT NULL,
    links INTEGER NOT NULL,
    at_us INTEGER NOT NULL,
    campaign TEXT NOT NULL,
    fact BLOB
);
CREATE INDEX waiting_click_message ON waiting_click (message, at_us);
CREATE INDEX waiting_click_untold ON waiting_click (at_us) WHERE fact IS NOT NULL;
CREATE INDEX waiting_click_told ON waiting_click (at_us) WHERE fact IS NULL;

-- Answers to HELP, STOP and START that are given by themselves, one for a number and a day at most. `state` is that of an
-- outbox row, `message` the answer's own key, `origin` that of the message which was answered.
CREATE TABLE auto_answer (
    pk INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace INTEGER NOT NULL,
    account INTEGER NOT NULL,
    address TEXT NOT NULL,
    day INTEGER NOT NULL,
    sender TEXT NOT NULL,
    keyword TEXT NOT NULL,
    text TEXT NOT NULL,
    message TEXT NOT NULL,
    origin TEXT,
    state INTEGER NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0,
    due_us INTEGER NOT NULL,
    lease_until_us INTEGER,
    raw TEXT,
    reason TEXT,
    changed_us INTEGER NOT NULL,
    CONSTRAINT auto_answer_once UNIQUE (account, address, day)
);
CREATE INDEX auto_answer_due ON auto_answer (due_us) WHERE state = 0;
CREATE INDEX auto_answer_lease ON auto_answer (lease_until_us) WHERE state = 1;
CREATE INDEX auto_answer_origin ON auto_answer (origin);
