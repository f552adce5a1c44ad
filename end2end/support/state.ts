import { join } from "node:path";

/** A file that the server's start and the sign-in leave for the tests. */
export const stateFile = (name: string) => join(process.env.REPORTAGE_TEST_STATE!, name);

/** A browser nobody has signed in with. */
export const NOBODY = { cookies: [], origins: [] };
