/** The workspace of the demonstration. */
export const DEMO = "Aurora Retail (demonstration)";

/** Who does most of the looking. */
export const ADMIN = {
    email: "admin@example.org",
    password: "a long and boring passphrase",
    role: "admin",
    workspace: DEMO,
};

/** Who may look and change nothing. */
export const VIEWER = {
    email: "viewer@example.org",
    password: "another long and boring passphrase",
    role: "viewer",
    workspace: DEMO,
};

/** The first person of a workspace in which nothing has happened: tests leave it that way. */
export const NEWCOMER = {
    email: "newcomer@example.org",
    password: "a third long and boring passphrase",
    role: "admin",
    workspace: undefined,
};
