import { expect, type Page } from "@playwright/test";
import { ADMIN } from "./people.mjs";

/** The admin's session of this worker, and when it was opened. */
let kept: { cookies: Awaited<ReturnType<ReturnType<Page["context"]>["cookies"]>>; at: number } | undefined;
/** The server asks again ten minutes after the password was given. */
const FRESH_MS = 7 * 60_000;

/**
 * Signs the admin in anew in this browser, unless that was done a moment ago. People, tokens and accounts change only where the
 * password was given within the last ten minutes, which is longer ago for the session that all tests share.
 */
export async function signInAnew(page: Page) {
    const context = page.context();
    // What the page before asks for would be refused without a cookie.
    await page.goto("about:blank");
    // Signing in ends the session that a browser has: the shared one has to stay.
    await context.clearCookies();
    if (kept && Date.now() - kept.at < FRESH_MS) {
        await context.addCookies(kept.cookies);
        return;
    }
    const { email, password } = ADMIN;
    const answer = await page.request.post("/sign-in", { form: { email, password, next: "/reports/messaging" } });
    expect(answer.url(), await answer.text()).toMatch(/\/reports\/messaging/);
    kept = { cookies: await context.cookies(), at: Date.now() };
}
