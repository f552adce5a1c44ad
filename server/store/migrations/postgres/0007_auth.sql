-- The same columns and tables as for SQLite, with the same meaning; see there for the reasons.

ALTER TABLE session ADD COLUMN confirmed_us BIGINT NOT NULL DEFAULT 0;
ALTER TABLE session ADD COLUMN browser TEXT NOT NULL DEFAULT '';

ALTER TABLE api_token ADD COLUMN expires_us BIGINT;

CREATE TABLE password_link (
    token_hash BYTEA PRIMARY KEY,
    app_user BIGINT NOT NULL REFERENCES app_user (id) ON DELETE CASCADE,
    expires_us BIGINT NOT NULL
);
CREATE INDEX password_link_app_user ON password_link (app_user);

CREATE TABLE second_factor (
    app_user BIGINT PRIMARY KEY REFERENCES app_user (id) ON DELETE CASCADE,
    secret BYTEA NOT NULL,
    is_active BIGINT NOT NULL DEFAULT 0,
    last_step BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE recovery_code (
    app_user BIGINT NOT NULL REFERENCES app_user (id) ON DELETE CASCADE,
    code_hash BYTEA NOT NULL,
    PRIMARY KEY (app_user, code_hash)
);

CREATE TABLE pending_sign_in (
    token_hash BYTEA PRIMARY KEY,
    app_user BIGINT NOT NULL REFERENCES app_user (id) ON DELETE CASCADE,
    password_hash TEXT NOT NULL,
    expires_us BIGINT NOT NULL
);
CREATE INDEX pending_sign_in_app_user ON pending_sign_in (app_user);
