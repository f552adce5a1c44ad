import type { Page } from "@playwright/test";
import { uniqueWord } from "../support/campaigns";
import { expect, test } from "../support/fixtures";

/** Presses what tries an account. Only scripts keep a good answer on the page; a bad one is told to all. */
async function press(page: Page, button: string, answer: string, hasScript: boolean) {
    if (hasScript) {
        await page.getByRole("button", { name: button }).click();
        await expect(page.getByText(answer)).toBeVisible();
        return;
    }
    const loaded = page.waitForEvent("load");
    await page.getByRole("button", { name: button }).click();
    await loaded;
    await expect(page.getByRole("heading", { name: "Events" })).toBeVisible();
    await expect(page.getByRole("alert")).toHaveCount(0);
}

test("an account at a carrier is added, tried and deleted", async ({ page, open, javaScriptEnabled }) => {
    const name = `Sandbox ${uniqueWord()}`;
    await open("/settings/carriers/new");
    await page.getByRole("link", { name: /^Sandbox/ }).click();
    await page.getByLabel("Name", { exact: true }).fill(name);
    await page.getByLabel(/^Senders/).fill("AURORA");
    await page.getByRole("button", { name: "Add account" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(name);
    // Nobody posts to a simulator.
    await expect(page.locator(".webhook")).toHaveCount(0);
    await expect(page.getByRole("button", { name: "Send a test event" })).toHaveCount(0);
    await press(page, "Check connection", "The carrier answered", javaScriptEnabled);

    await page.getByRole("button", { name: "Delete" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await expect(page).toHaveURL(/\/settings\/carriers$/);
    await expect(page.getByRole("row").filter({ hasText: name })).toHaveCount(0);
});

test("a secret is asked for, and never shown again", async ({ page, open, clean, javaScriptEnabled }) => {
    clean.expected.push(/status of (422|500)/);
    const name = `Twilio ${uniqueWord()}`;
    await open("/settings/carriers/new?protocol=twilio");
    await page.getByLabel("Name", { exact: true }).fill(name);
    await page.getByLabel("Account SID").fill("AC00000000000000000000000000000000");
    await page.getByLabel("Auth token").fill("a secret of this test");
    await page.getByRole("button", { name: "Add account" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(name);
    await expect(page.getByLabel("Auth token")).toHaveValue("");
    await expect(page.getByLabel("Auth token")).toHaveAttribute("placeholder", "Leave empty to keep");
    expect(await page.content()).not.toContain("a secret of this test");
    await expect(page.locator(".webhook")).toHaveText(/^https?:\/\/.+\/hooks\/.+/);
    await press(page, "Send a test event", "The test event came back", javaScriptEnabled);
    // What is typed stays when it is refused, as far as a page without scripts can keep it.
    await page.getByLabel(/^Messages a second/).evaluate((field) => field.setAttribute("type", "text"));
    await page.getByLabel(/^Messages a second/).fill("many");
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page.getByRole("alert")).toContainText("give a number from 1 to 10,000");
    if (javaScriptEnabled) await expect(page.getByLabel(/^Messages a second/)).toHaveValue("many");
});

test("settings have three pages, and the activity says who did what", async ({ page, open }) => {
    await open("/settings");
    const pages = page.getByRole("navigation", { name: "Settings" });
    await expect(pages.getByRole("link")).toHaveText(["General", "Carriers", "Activity"]);
    await pages.getByRole("link", { name: "Activity" }).click();
    await expect(page).toHaveURL(/\/settings\/activity$/);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Activity");
});
