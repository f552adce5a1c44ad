-- Who may come in. Of passwords, session cookies, API tokens and set-up links only hashes are kept:
-- a copy of this file opens no door. `login_attempt` counts by hash of account or address, so that a restart
-- doesn't give a guesser a fresh start.
-- `campaign.name_folded` is the name in lower case as Rust folds it: neither engine folds all of Unicode alike.

CREATE TABLE app_user (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace INTEGER NOT NULL REFERENCES workspace (id),
    email TEXT NOT NULL CONSTRAINT app_user_email_unique UNIQUE,
    role TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    created_us INTEGER NOT NULL,
    last_seen_us INTEGER
);
CREATE INDEX app_user_workspace ON app_user (workspace);

CREATE TABLE session (
    token_hash BLOB PRIMARY KEY,
    app_user INTEGER NOT NULL REFERENCES app_user (id) ON DELETE CASCADE,
    created_us INTEGER NOT NULL,
    last_seen_us INTEGER NOT NULL,
    expires_us INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX session_app_user ON session (app_user);
CREATE INDEX session_expires ON session (expires_us);

CREATE TABLE api_token (
    id TEXT PRIMARY KEY,
    workspace INTEGER NOT NULL REFERENCES workspace (id),
    name TEXT NOT NULL,
    token_hash BLOB NOT NULL CONSTRAINT api_token_hash_unique UNIQUE,
    scopes TEXT NOT NULL,
    created_us INTEGER NOT NULL,
    last_used_us INTEGER
) WITHOUT ROWID;
CREATE INDEX api_token_workspace ON api_token (workspace);

CREATE TABLE setup_link (
    token_hash BLOB PRIMARY KEY,
    expires_us INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE login_attempt (
    who BLOB PRIMARY KEY,
    attempts INTEGER NOT NULL,
    since_us INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX login_attempt_since ON login_attempt (since_us);

ALTER TABLE campaign ADD COLUMN name_folded TEXT NOT NULL DEFAULT '';
UPDATE campaign SET name_folded = lower(name);
