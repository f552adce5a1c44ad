-- People, what is written to them, and how far that is.
--
-- A contact has at most one number and one mailbox, and any number of devices. Suppressions are kept by address, apart
-- from contacts: they outlive them, and an import doesn't lift them.
-- `outbox` has one row for each message of a campaign. It is written once when the audience is expanded and then moves
-- through its states by claims with a lease; what it did is told to the reports as facts whose ids are made from
-- `message`, so that telling twice counts once. `told` is the last state that was told.
-- What providers post lands in `inbox` as it came, unique by the provider's own key, before it is understood.
-- Times are microseconds since 1970 UTC; codes are those of `domain`.

CREATE TABLE contact (
    pk INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace INTEGER NOT NULL REFERENCES workspace (id),
    id TEXT NOT NULL CONSTRAINT contact_id_unique UNIQUE,
    external_id TEXT,
    name TEXT NOT NULL DEFAULT '',
    name_folded TEXT NOT NULL DEFAULT '',
    phone TEXT,
    email TEXT,
    time_zone TEXT,
    attributes TEXT NOT NULL DEFAULT '{}',
    consent_sms INTEGER NOT NULL DEFAULT 0,
    consent_email INTEGER NOT NULL DEFAULT 0,
    consent_push INTEGER NOT NULL DEFAULT 0,
    consent_whatsapp INTEGER NOT NULL DEFAULT 0,
    consent_rcs INTEGER NOT NULL DEFAULT 0,
    created_us INTEGER NOT NULL,
    updated_us INTEGER NOT NULL,
    CONSTRAINT contact_external_id_unique UNIQUE (workspace, external_id),
    CONSTRAINT contact_phone_unique UNIQUE (workspace, phone),
    CONSTRAINT contact_email_unique UNIQUE (workspace, email)
);
CREATE INDEX contact_workspace ON contact (workspace, pk);
CREATE INDEX contact_name ON contact (workspace, name_folded);

-- `address` is what reports know the device by; `target` where a notification is posted (JSON of `PushTarget`).
CREATE TABLE device (
    pk INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace INTEGER NOT NULL,
    contact INTEGER NOT NULL REFERENCES contact (pk) ON DELETE CASCADE,
    address TEXT NOT NULL CONSTRAINT device_address_unique UNIQUE,
    kind TEXT NOT NULL,
    target TEXT NOT NULL,
    target_hash BLOB NOT NULL,
    created_us INTEGER NOT NULL,
    CONSTRAINT device_target_unique UNIQUE (workspace, target_hash)
);
CREATE INDEX device_contact ON device (contact);

CREATE TABLE suppression (
    workspace INTEGER NOT NULL,
    channel INTEGER NOT NULL,
    address TEXT NOT NULL,
    source INTEGER NOT NULL,
    reason TEXT,
    campaign INTEGER,
    at_us INTEGER NOT NULL,
    PRIMARY KEY (workspace, channel, address)
) WITHOUT ROWID;
CREATE INDEX suppression_at ON suppression (workspace, at_us);

-- `is_hidden`: made for one campaign's typed addresses.
CREATE TABLE contact_list (
    pk INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace INTEGER NOT NULL REFERENCES workspace (id),
    id TEXT NOT NULL CONSTRAINT contact_list_id_unique UNIQUE,
    name TEXT NOT NULL,
    is_hidden INTEGER NOT NULL DEFAULT 0,
    created_us INTEGER NOT NULL,
    CONSTRAINT contact_list_name_unique UNIQUE (workspace, name)
);
CREATE TABLE contact_list_member (
    list INTEGER NOT NULL REFERENCES contact_list (pk) ON DELETE CASCADE,
    contact INTEGER NOT NULL REFERENCES contact (pk) ON DELETE CASCADE,
    PRIMARY KEY (list, contact)
) WITHOUT ROWID;
CREATE INDEX contact_list_member_contact ON contact_list_member (contact);

-- The file waits here in pieces, so that any server may read it, and a restart goes on where the last one ended:
-- `next_row` is the first row not yet written.
CREATE TABLE contact_import (
    pk INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace INTEGER NOT NULL REFERENCES workspace (id),
    id TEXT NOT NULL CONSTRAINT contact_import_id_unique UNIQUE,
    file TEXT NOT NULL,
    status TEXT NOT NULL,
    header TEXT NOT NULL DEFAULT '[]',
    sample TEXT NOT NULL DEFAULT '[]',
    mapping TEXT NOT NULL DEFAULT '{}',
    total_rows INTEGER,
    next_row INTEGER NOT NULL DEFAULT 0,
    created INTEGER NOT NULL DEFAULT 0,
    updated INTEGER NOT NULL DEFAULT 0,
    rejected INTEGER NOT NULL DEFAULT 0,
    problem TEXT,
    lease_until_us INTEGER NOT NULL DEFAULT 0,
    created_us INTEGER NOT NULL,
    created_by TEXT NOT NULL
);
CREATE TABLE contact_import_chunk (
    import INTEGER NOT NULL REFERENCES contact_import (pk) ON DELETE CASCADE,
    n INTEGER NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (import, n)
) WITHOUT ROWID;
CREATE TABLE contact_import_error (
    import INTEGER NOT NULL REFERENCES contact_import (pk) ON DELETE CASCADE,
    row_number INTEGER NOT NULL,
    column_name TEXT NOT NULL,
    message TEXT NOT NULL,
    PRIMARY KEY (import, row_number, column_name)
) WITHOUT ROWID;

-- `secrets` is sealed with a key that is not in the database. `webhook_key` is the last part of the webhook's address.
CREATE TABLE carrier_account (
    pk INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace INTEGER NOT NULL REFERENCES workspace (id),
    id TEXT NOT NULL CONSTRAINT carrier_account_id_unique UNIQUE,
    name TEXT NOT NULL,
    protocol TEXT NOT NULL,
    settings TEXT NOT NULL,
    secrets BLOB NOT NULL,
    secret_names TEXT NOT NULL DEFAULT '[]',
    senders TEXT NOT NULL DEFAULT '[]',
    per_second INTEGER,
    webhook_key TEXT NOT NULL CONSTRAINT carrier_account_webhook_key_unique UNIQUE,
    trouble TEXT,
    resume_us INTEGER NOT NULL DEFAULT 0,
    version INTEGER NOT NULL DEFAULT 0,
    last_event_us INTEGER,
    created_us INTEGER NOT NULL,
    CONSTRAINT carrier_account_name_unique UNIQUE (workspace, name)
);

-- One row for a messaging campaign that is, or was, made here. `draft` is what is being edited (JSON of `Draft`);
-- `launched` the copy that is sent. `cursor` is the last contact (or device) that the expansion has seen.
CREATE TABLE sending (
    campaign INTEGER PRIMARY KEY REFERENCES campaign (pk) ON DELETE CASCADE,
    workspace INTEGER NOT NULL,
    draft TEXT NOT NULL,
    revision INTEGER NOT NULL,
    phase TEXT NOT NULL DEFAULT 'draft',
    launched TEXT,
    account INTEGER,
    audience_list INTEGER,
    cursor INTEGER NOT NULL DEFAULT 0,
    trouble TEXT,
    launched_us INTEGER,
    launched_by TEXT,
    finished_us INTEGER
);
CREATE INDEX sending_phase ON sending (phase);

CREATE TABLE outbox (
    pk INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace INTEGER NOT NULL,
    campaign INTEGER NOT NULL,
    account INTEGER NOT NULL,
    contact INTEGER NOT NULL,
    device INTEGER,
    address TEXT NOT NULL,
    variant TEXT NOT NULL,
    message TEXT NOT NULL CONSTRAINT outbox_message_unique UNIQUE,
    state INTEGER NOT NULL,
    told INTEGER NOT NULL DEFAULT -1,
    due_us INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    lease_until_us INTEGER,
    lease_owner TEXT,
    reference TEXT,
    raw TEXT,
    reason TEXT,
    changed_us INTEGER NOT NULL,
    CONSTRAINT outbox_address_unique UNIQUE (campaign, address)
);
CREATE INDEX outbox_due ON outbox (campaign, state, due_us, pk);
CREATE INDEX outbox_reference ON outbox (account, reference);
CREATE INDEX outbox_address ON outbox (account, address);
CREATE INDEX outbox_untold ON outbox (campaign, pk) WHERE told <> state;
CREATE INDEX outbox_lease ON outbox (lease_until_us) WHERE state = 1;

-- Links of what was sent, by arm and position. A message's own links are made from these and its key.
CREATE TABLE link (
    pk INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace INTEGER NOT NULL,
    campaign INTEGER NOT NULL,
    variant TEXT NOT NULL,
    position INTEGER NOT NULL,
    url TEXT NOT NULL,
    label TEXT NOT NULL,
    is_tracked INTEGER NOT NULL,
    CONSTRAINT link_position_unique UNIQUE (campaign, variant, position)
);

-- Short addresses for SMS: too long to guess, too short to hold a signature.
CREATE TABLE short_link (
    code TEXT PRIMARY KEY,
    message TEXT NOT NULL,
    link INTEGER NOT NULL,
    CONSTRAINT short_link_once UNIQUE (message, link)
) WITHOUT ROWID;

-- Keys that sign tracking and unsubscribe addresses. The newest signs; all of them verify.
CREATE TABLE signing_key (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    secret BLOB NOT NULL,
    created_us INTEGER NOT NULL
);

-- state: 0 new, 1 understood, 2 not understood (kept, may be run again). What the sandbox is going to say lies here with
-- a time to come, and isn't read before it.
CREATE TABLE inbox (
    pk INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace INTEGER NOT NULL,
    account INTEGER NOT NULL,
    provider_key TEXT NOT NULL,
    body BLOB NOT NULL,
    received_us INTEGER NOT NULL,
    state INTEGER NOT NULL DEFAULT 0,
    problem TEXT,
    CONSTRAINT inbox_provider_key_unique UNIQUE (account, provider_key)
);
CREATE INDEX inbox_new ON inbox (received_us, pk) WHERE state <> 1;
CREATE INDEX inbox_account ON inbox (account, received_us);

CREATE TABLE reply (
    pk INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace INTEGER NOT NULL,
    campaign INTEGER,
    channel INTEGER NOT NULL,
    sender TEXT NOT NULL,
    text TEXT NOT NULL,
    keyword TEXT,
    at_us INTEGER NOT NULL
);
CREATE INDEX reply_campaign ON reply (campaign, at_us);

CREATE TABLE audit (
    pk INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace INTEGER NOT NULL,
    at_us INTEGER NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL DEFAULT ''
);
CREATE INDEX audit_at ON audit (workspace, at_us);
