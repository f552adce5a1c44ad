-- Sessions a person can tell apart and has confirmed with the password, tokens that end, links by which people choose
-- their own password, and second factors. As before, what opens a door is kept as a hash; the secret of a second factor,
-- which has to be read again, is sealed with the key that isn't in the database.
-- `session.browser` is a few words such as "Firefox on Linux", never the user agent itself.
-- A person who was invited has an empty `password_hash` until the link is used.

ALTER TABLE session ADD COLUMN confirmed_us INTEGER NOT NULL DEFAULT 0;
ALTER TABLE session ADD COLUMN browser TEXT NOT NULL DEFAULT '';

ALTER TABLE api_token ADD COLUMN expires_us INTEGER;

CREATE TABLE password_link (
    token_hash BLOB PRIMARY KEY,
    app_user INTEGER NOT NULL REFERENCES app_user (id) ON DELETE CASCADE,
    expires_us INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX password_link_app_user ON password_link (app_user);

-- `last_step` is the newest time step whose code was accepted: no code opens twice.
CREATE TABLE second_factor (
    app_user INTEGER PRIMARY KEY REFERENCES app_user (id) ON DELETE CASCADE,
    secret BLOB NOT NULL,
    is_active INTEGER NOT NULL DEFAULT 0,
    last_step INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE recovery_code (
    app_user INTEGER NOT NULL REFERENCES app_user (id) ON DELETE CASCADE,
    code_hash BLOB NOT NULL,
    PRIMARY KEY (app_user, code_hash)
) WITHOUT ROWID;

-- Who gave the right password and owes the code of the second factor. It opens nothing but that question.
CREATE TABLE pending_sign_in (
    token_hash BLOB PRIMARY KEY,
    app_user INTEGER NOT NULL REFERENCES app_user (id) ON DELETE CASCADE,
    password_hash TEXT NOT NULL,
    expires_us INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX pending_sign_in_app_user ON pending_sign_in (app_user);
