// Who may look and change nothing.
import { detailsPath, reportPath } from "../support/campaigns";
import { expect, test } from "../support/fixtures";
import { addContacts, launch, listId, mailboxes, makeList, numbers, progress, text } from "../support/sending";
import { stateFile } from "../support/state";

test.use({ storageState: async ({}, use) => use(stateFile("viewer.json")) });

/** The account of the demonstration at the simulator: a viewer can't make one. */
async function sandbox(api: import("@playwright/test").APIRequestContext) {
    const { campaigns } = await (await api.get("/api/v1/campaigns", { params: { q: "Weekend flash sale", limit: "50" } })).json();
    for (const { id } of campaigns) {
        const answer = await api.get(`/api/v1/campaigns/${id}/draft`);
        const account = answer.ok() ? (await answer.json()).draft.account : null;
        if (account) return account as string;
    }
    throw new Error("the demonstration has no account at the simulator");
}

test("a viewer follows a campaign and is offered nothing that changes it", async ({ page, open, api }) => {
    const campaign = await text(api, await sandbox(api), {
        audience: { kind: "typed", addresses: numbers(4) },
        pace: { per_second: 1, window: null },
    });
    const main = page.getByRole("main");
    await open(detailsPath(campaign));
    await expect(main.locator(".pill")).toHaveText("Pending");
    for (const name of ["Send now", "Schedule", "Edit", "Delete", "Back to pending"]) {
        await expect(main.getByRole("button", { name })).toHaveCount(0);
        await expect(main.getByRole("link", { name })).toHaveCount(0);
    }
    await expect(main.locator("form")).toHaveCount(0);
    await page.goto(`/campaigns/${campaign.id}/edit/message`);
    await expect(page.getByText("Editors and admins make campaigns.")).toBeVisible();
    await expect(main.locator("form")).toHaveCount(0);

    await launch(api, campaign.id);
    await page.goto(detailsPath(campaign));
    await expect(main.locator(".pill")).toHaveText(/In Progress|Completed/);
    for (const name of ["Suspend", "Resume", "Cancel the rest"]) await expect(main.getByRole("button", { name })).toHaveCount(0);
    await expect.poll(async () => (await progress(api, campaign.id)).phase, { timeout: 20_000 }).toBe("done");
    await page.goto(`${reportPath(campaign)}?tab=recipients`);
    await expect(main.getByRole("button", { name: /again/i })).toHaveCount(0);
    await expect(page.getByRole("table").first()).toBeVisible();
    await expect(page.getByRole("table").first()).not.toContainText(/\+346\d{8}/);
});

test("a viewer sees contacts in part, and no form around them", async ({ page, open, api }) => {
    const [list, [email], [phone]] = [await makeList(api), mailboxes(1), numbers(1)];
    await addContacts(api, list.id, [{ name: "Somebody Seen", email, phone }]);
    await open(`/contacts?list=${list.id}`);
    const row = page.getByRole("row").filter({ hasText: "Somebody Seen" });
    await expect(row).toBeVisible();
    await expect(row).not.toContainText(email);
    await expect(row).not.toContainText(phone);
    await row.getByRole("link", { name: "Somebody Seen" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Somebody Seen");
    for (const whole of [email, phone]) expect(await page.content()).not.toContain(whole);
    await expect(page.getByRole("main").getByRole("button", { name: "Save" })).toBeDisabled();
});

test("accounts at carriers and the activity are for admins", async ({ page, open }) => {
    const main = page.getByRole("main");
    await open("/settings/carriers");
    await expect(main.getByText("Only admins manage accounts")).toBeVisible();
    await expect(main.getByRole("link", { name: "Add account" })).toHaveCount(0);
    await page.goto("/settings/carriers/new?protocol=sandbox");
    await expect(main.getByRole("button", { name: "Add account" })).toHaveCount(0);
    await page.goto("/settings/activity");
    await expect(main.getByRole("table")).toHaveCount(0);
});

test("the server refuses a viewer's session what the pages don't offer", async ({ page, open, api, browser, baseURL }) => {
    const account = await sandbox(api);
    const campaign = await text(api, account, { audience: { kind: "list", list: await listId(api, "Regulars") } });
    await open(detailsPath(campaign));
    const admin = await browser.newContext({ baseURL, storageState: stateFile("session.json") });
    const summary = await (await admin.request.get(`/campaigns/${campaign.id}/edit/summary`)).text();
    await admin.close();
    // The very forms that an admin has, sent with a viewer's session.
    for (const [name, form] of [
        ["launch_campaign", { id: campaign.id, when: "now" }],
        ["test_message", { id: campaign.id, addresses: numbers(1)[0] }],
        ["save_step", { id: campaign.id, step: "summary", revision: "1", go: "stay", "fields[per_second]": "1" }],
    ] as const) {
        const [path] = summary.match(new RegExp(`/ui/${name}\\d*`))!;
        const headers = { origin: baseURL!, accept: "application/json" };
        expect((await page.request.post(path, { form, headers })).status(), name).toBe(403);
    }
    // The API takes no session at all.
    const answer = await page.request.post(`/api/v1/campaigns/${campaign.id}/launch`, { data: { when: "now" } });
    expect([401, 403]).toContain(answer.status());
    expect(await progress(api, campaign.id)).toMatchObject({ phase: "draft", recipients: 0 });
});
