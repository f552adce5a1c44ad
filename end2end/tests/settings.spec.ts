import { uniqueWord } from "../support/campaigns";
import { expect, test } from "../support/fixtures";
import { ADMIN } from "../support/people.mjs";
import { signInAnew } from "../support/sign-in";
import { NOBODY, stateFile } from "../support/state";

test("a token is shown once, works, and ends when it is revoked", async ({ page, open, playwright, baseURL }) => {
    const name = `Token ${uniqueWord()}`;
    await signInAnew(page);
    await open("/settings");
    await page.getByLabel("Name of the new token").fill(name);
    await page.getByLabel("Read campaigns and reports").check();
    await page.getByRole("button", { name: "Create token" }).click();
    const notice = page.getByRole("status").filter({ hasText: "not shown again" });
    await expect(notice).toBeVisible();
    const token = (await notice.getByRole("code").textContent())!;
    const asks = async () => {
        const client = await playwright.request.newContext({ baseURL, extraHTTPHeaders: { authorization: `Bearer ${token}` } });
        const answer = await client.get("/api/v1/campaigns?limit=1");
        await client.dispose();
        return answer.status();
    };
    expect(await asks()).toBe(200);

    await page.reload();
    const row = page.getByRole("row").filter({ hasText: name });
    await expect(row).toContainText("read");
    await expect(row).not.toContainText("no end");
    await expect(page.getByText(token)).toHaveCount(0);
    await row.getByRole("button", { name: `Revoke ${name}` }).click();
    await expect(row).toHaveCount(0);
    expect(await asks()).toBe(401);
});

test("people are added and removed", async ({ page, open }) => {
    const email = `${uniqueWord()}@example.org`;
    await signInAnew(page);
    await open("/settings");
    const people = page.getByRole("region", { name: "People" }).first();
    await people.getByLabel("Email").fill(email);
    await people.getByRole("button", { name: "Add", exact: true }).click();
    await expect(people.getByRole("status").getByRole("code")).toContainText("/join/");
    const row = page.getByRole("row").filter({ hasText: email });
    await expect(row).toContainText("viewer");
    await row.getByRole("button", { name: `Remove ${email}` }).click();
    await expect(row).toHaveCount(0);
});

test.describe("as a viewer", () => {
    test.use({ storageState: async ({}, use) => use(stateFile("viewer.json")) });
    test("there is one's own password, and nothing else", async ({ page, open }) => {
        await open("/settings");
        await expect(page.getByRole("heading", { name: "Your password" })).toBeVisible();
        await expect(page.getByText("API tokens")).toHaveCount(0);
        await expect(page.getByRole("heading", { name: "People" })).toHaveCount(0);
    });
});

test("one's own sessions are listed, and ended one by one", async ({ page, open, browser, baseURL, accessible }) => {
    const agent = "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0";
    const context = await browser.newContext({ baseURL, userAgent: agent, storageState: NOBODY });
    const other = await context.newPage();
    await other.goto("/sign-in");
    await other.getByLabel("Email").fill(ADMIN.email);
    await other.getByLabel("Password").fill(ADMIN.password);
    await other.getByRole("button", { name: "Sign in" }).click();
    await expect(other).toHaveURL(/\/reports\/messaging/);

    await open("/settings");
    const sessions = page.getByRole("region", { name: "Your sessions" }).first();
    await expect(sessions.getByText("This one")).toHaveCount(1);
    const row = sessions.getByRole("row").filter({ hasText: "Firefox on Linux" });
    await expect(row).toHaveCount(1);
    await accessible();
    await row.getByRole("button", { name: /^End Firefox on Linux/ }).click();
    await expect(row).toHaveCount(0);
    await other.goto("/settings");
    await expect(other).toHaveURL(/\/sign-in/);
    await context.close();
});
