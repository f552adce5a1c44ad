-- The newest change of consent that is known of an address, by its owner: what is older changes nothing when it comes late.
CREATE TABLE consent_change (
    workspace BIGINT NOT NULL,
    channel BIGINT NOT NULL,
    address TEXT NOT NULL,
    consent BIGINT NOT NULL,
    at_us BIGINT NOT NULL,
    PRIMARY KEY (workspace, channel, address)
);
