-- The newest change of consent that is known of an address, by its owner: what is older changes nothing when it comes late.
CREATE TABLE consent_change (
    workspace INTEGER NOT NULL,
    channel INTEGER NOT NULL,
    address TEXT NOT NULL,
    consent INTEGER NOT NULL,
    at_us INTEGER NOT NULL,
    PRIMARY KEY (workspace, channel, address)
) WITHOUT ROWID;
