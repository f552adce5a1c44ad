// Starts what the tests look at: the release binary, in an empty folder, with people, a token and the demonstration.
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { ADMIN, DEMO, NEWCOMER, VIEWER } from "./people.mjs";

const state = process.env.REPORTAGE_TEST_STATE;
const port = process.env.REPORTAGE_TEST_PORT;
const binary = resolve(process.env.REPORTAGE_BIN ?? "../target/release/reportage");

mkdirSync(state, { recursive: true });
const empty = mkdtempSync(join(state, "empty-"));
const environment = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    REPORTAGE_DATABASE: `sqlite://${join(state, "reportage.db")}`,
    REPORTAGE_LOG: "warn",
    // A mail server of the tests is on this machine.
    REPORTAGE_ALLOW_PRIVATE_CARRIERS: "true",
};
const reportage = (args, input) =>
    execFileSync(binary, args, { cwd: empty, env: environment, input, stdio: ["pipe", "pipe", "inherit"] }).toString();

reportage(["demo", "--seed", "7", "--events", "60000"]);
for (const { email, password, role, workspace } of [ADMIN, VIEWER, NEWCOMER]) {
    const where = workspace ? ["--workspace", workspace] : [];
    reportage(["user", "add", "--email", email, "--role", role, "--password-stdin", ...where], password);
}
const token = reportage([
    "token", "create", "--name", "browser tests", "--scopes", "ingest,read,write", "--workspace", DEMO,
]).trim();
writeFileSync(join(state, "token"), token);

const server = spawn(binary, ["serve", "--listen", `127.0.0.1:${port}`, "--time-zone", "Europe/Madrid"], {
    cwd: empty,
    env: environment,
    stdio: ["ignore", "inherit", "inherit"],
});
const stop = () => server.kill("SIGTERM");
process.on("SIGTERM", stop);
process.on("SIGINT", stop);
server.on("exit", (code) => {
    rmSync(state, { recursive: true, force: true });
    process.exit(code ?? 0);
});
