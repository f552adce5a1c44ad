import { defineConfig, devices } from "@playwright/test";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** One server for all: the release binary on a fresh SQLite file with the demonstration in it. */
const port = Number(process.env.REPORTAGE_TEST_PORT ?? 3917);
const baseURL = `http://127.0.0.1:${port}`;
process.env.REPORTAGE_TEST_STATE ??= join(tmpdir(), `reportage-e2e-${process.pid}`);
process.env.REPORTAGE_TEST_URL ??= baseURL;
const session = join(process.env.REPORTAGE_TEST_STATE, "session.json");

const chromium = {
    ...devices["Desktop Chrome"],
    launchOptions: {
        executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
        args: [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            // Playwright loses its head when a sandboxed frame in a process of its own is replaced quickly.
            "--disable-site-isolation-trials",
        ],
    },
};

export default defineConfig({
    testDir: "tests",
    // A slow machine is no failure; a test that passes only the second time is.
    retries: 0,
    timeout: 90_000,
    expect: { timeout: 15_000 },
    workers: 2,
    forbidOnly: true,
    reporter: [["list"], ["./support/summary.ts"]],
    outputDir: "../target/test-results",
    use: {
        baseURL,
        locale: "en-GB",
        timezoneId: "America/New_York",
        trace: "off",
        screenshot: "off",
    },
    webServer: {
        command: "node support/server.mjs",
        url: `${baseURL}/readyz`,
        reuseExistingServer: false,
        stdout: "ignore",
        stderr: "pipe",
        timeout: 120_000,
        gracefulShutdown: { signal: "SIGTERM", timeout: 10_000 },
        env: { REPORTAGE_TEST_PORT: String(port) },
    },
    projects: [
        { name: "sign-in", testMatch: /sign-in\.setup\.ts/, use: { ...chromium } },
        {
            name: "desktop",
            testMatch: /.*\.spec\.ts/,
            testIgnore: /.*\.phone\.spec\.ts/,
            dependencies: ["sign-in"],
            use: { ...chromium, viewport: { width: 1440, height: 900 }, storageState: session },
        },
        {
            // The same journeys as far as links and forms carry them.
            name: "no-js",
            testMatch: /.*\.spec\.ts/,
            testIgnore: /.*\.(hydrate|phone)\.spec\.ts/,
            dependencies: ["sign-in"],
            use: { ...chromium, viewport: { width: 1440, height: 900 }, storageState: session, javaScriptEnabled: false },
        },
        {
            name: "phone",
            testMatch: /.*\.phone\.spec\.ts/,
            dependencies: ["sign-in"],
            use: {
                ...chromium,
                viewport: { width: 390, height: 844 },
                hasTouch: true,
                isMobile: true,
                storageState: session,
            },
        },
    ],
});
