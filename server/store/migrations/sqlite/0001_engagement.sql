-- Campaigns, and what happened to their messages.
--
-- Facts (`event`) are append-only and clustered by campaign and time, so that a campaign's history is one range.
-- `message` holds the order-proof state of one message; `rollup` the counts and exact recipient sets per bucket.
-- Both are written in the transaction that writes the facts: a report is never behind what was acknowledged.
-- `dedupe` is apart from the facts and its key begins with the day of the event: a retry lands on the same few
-- pages, and a day's keys never spread over the whole index.
-- All times are microseconds since 1970 UTC.

CREATE TABLE workspace (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    week_start INTEGER NOT NULL DEFAULT 1,
    is_demo INTEGER NOT NULL DEFAULT 0,
    ip_policy TEXT NOT NULL DEFAULT 'truncate',
    created_us INTEGER NOT NULL,
    seq INTEGER NOT NULL DEFAULT 0,
    next_number INTEGER NOT NULL DEFAULT 1,
    next_recipient INTEGER NOT NULL DEFAULT 0,
    next_fact INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE campaign (
    pk INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace INTEGER NOT NULL REFERENCES workspace (id),
    id TEXT NOT NULL CONSTRAINT campaign_id_unique UNIQUE,
    number INTEGER NOT NULL,
    external_id TEXT,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    type TEXT NOT NULL,
    sender TEXT NOT NULL,
    status TEXT NOT NULL,
    created_us INTEGER NOT NULL,
    scheduled_us INTEGER,
    was_live INTEGER NOT NULL DEFAULT 0,
    first_event_us INTEGER,
    last_event_us INTEGER,
    version INTEGER NOT NULL DEFAULT 0,
    CONSTRAINT campaign_number_unique UNIQUE (workspace, number),
    CONSTRAINT campaign_external_id_unique UNIQUE (workspace, external_id)
);
CREATE INDEX campaign_list ON campaign (workspace, kind, created_us DESC, pk DESC);
CREATE INDEX campaign_version ON campaign (workspace, version);

-- Dense ordinals per workspace: what the recipient sets hold.
CREATE TABLE recipient (
    workspace INTEGER NOT NULL,
    key TEXT NOT NULL,
    ord INTEGER NOT NULL,
    PRIMARY KEY (workspace, key)
) WITHOUT ROWID;

-- `m` is a 64-bit hash of message and recipient key, probed past collisions: unique within the campaign.
CREATE TABLE message (
    campaign INTEGER NOT NULL,
    m INTEGER NOT NULL,
    message TEXT NOT NULL,
    recipient TEXT NOT NULL,
    ord INTEGER NOT NULL,
    state BLOB NOT NULL,
    PRIMARY KEY (campaign, m)
) WITHOUT ROWID;
CREATE INDEX message_recipient ON message (campaign, ord);

CREATE TABLE event (
    campaign INTEGER NOT NULL,
    at INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    evidence INTEGER NOT NULL,
    m INTEGER NOT NULL,
    ord INTEGER NOT NULL,
    received INTEGER NOT NULL,
    id TEXT NOT NULL,
    raw TEXT,
    link TEXT,
    country TEXT,
    os TEXT,
    device TEXT,
    carrier TEXT,
    reason TEXT,
    variant TEXT,
    value INTEGER,
    currency TEXT,
    user_agent TEXT,
    ip TEXT,
    props TEXT,
    PRIMARY KEY (campaign, at, seq)
) WITHOUT ROWID;

CREATE TABLE dedupe (
    workspace INTEGER NOT NULL,
    day INTEGER NOT NULL,
    h1 INTEGER NOT NULL,
    h2 INTEGER NOT NULL,
    PRIMARY KEY (workspace, day, h1, h2)
) WITHOUT ROWID;

-- scope: a campaign's pk, or minus the workspace's id. family: see `rollup::Family`. value: variant or dimension value.
CREATE TABLE rollup (
    scope INTEGER NOT NULL,
    family INTEGER NOT NULL,
    bucket INTEGER NOT NULL,
    value TEXT NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (scope, family, bucket, value)
) WITHOUT ROWID;
