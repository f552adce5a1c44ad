import { uniqueWord } from "../support/campaigns";
import { expect, test } from "../support/fixtures";
import { signInAnew } from "../support/sign-in";

test("an account at a carrier is added, tried and deleted", async ({ page, open }) => {
    const name = `Sandbox ${uniqueWord()}`;
    await signInAnew(page);
    await open("/settings/carriers/new");
    await page.getByRole("link", { name: /^Sandbox/ }).click();
    await page.getByLabel("Name", { exact: true }).fill(name);
    await page.getByLabel(/^Senders/).fill("AURORA");
    await page.getByRole("button", { name: "Add account" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(name);
    // Nobody posts to a simulator.
    await expect(page.locator(".webhook")).toHaveCount(0);
    await expect(page.getByRole("button", { name: "Send a test event" })).toHaveCount(0);
    await page.getByRole("button", { name: "Check connection" }).click();
    await expect(page.getByText("The carrier answered: the account works.")).toBeVisible();

    await page.getByRole("button", { name: "Delete" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await expect(page).toHaveURL(/\/settings\/carriers$/);
    await expect(page.getByRole("row").filter({ hasText: name })).toHaveCount(0);
});

test("a secret is asked for, and never shown again", async ({ page, open, clean }) => {
    // The one refusal below.
    clean.expected.push(/status of 422/);
    const name = `Twilio ${uniqueWord()}`;
    await signInAnew(page);
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
    await page.getByRole("button", { name: "Send a test event" }).click();
    await expect(page.getByText("The test event came back, verified and understood.")).toBeVisible();

    // What is typed stays when it is refused, but no secret where it would have to come from the server.
    const pace = page.getByLabel(/^Messages a second/);
    await page.getByLabel("Name", { exact: true }).fill(`${name}, renamed`);
    await page.getByLabel("Auth token").fill("another secret");
    await pace.evaluate((field) => field.setAttribute("type", "text"));
    await pace.fill("0.5");
    await page.getByRole("button", { name: "Save" }).click();
    await expect(pace).toHaveAccessibleDescription(/^Give a number from 1 to 10,000\./);
    await expect(pace).toHaveAttribute("aria-invalid", "true");
    await expect(pace).toHaveValue("0.5");
    await expect(page.getByLabel("Name", { exact: true })).toHaveValue(`${name}, renamed`);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(name);
    expect(await page.content()).not.toContain("another secret");

    await pace.fill("5");
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(`${name}, renamed`);
    await expect(page.getByRole("status").filter({ hasText: "Saved." })).toBeVisible();
    await expect(page).toHaveURL(/\/settings\/carriers\/[^/?]+/);
    await expect(pace).toHaveValue("5");
});

test("settings have three pages, and the activity says who did what", async ({ page, open }) => {
    await open("/settings");
    const pages = page.getByRole("navigation", { name: "Settings" });
    await expect(pages.getByRole("link")).toHaveText(["General", "Carriers", "Activity"]);
    await pages.getByRole("link", { name: "Activity" }).click();
    await expect(page).toHaveURL(/\/settings\/activity$/);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Activity");
});
