import { create, createPaused, detailsPath, ingest } from "../support/campaigns";
import { clockTime } from "../support/dates";
import { expect, test } from "../support/fixtures";

/** The status as the API has it. */
const status = (api: import("@playwright/test").APIRequestContext, id: string) => async () =>
    (await (await api.get(`/api/v1/campaigns/${id}`)).json()).status;

test("the details say what is known and what comes next", async ({ page, open, api }) => {
    const campaign = await create(api, { sender: "AURORA" });
    await open(detailsPath(campaign));
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(campaign.name);
    const main = page.getByRole("main");
    await expect(main.locator(".pill")).toHaveText("Pending");
    for (const text of ["AURORA", "SMS", `#${campaign.number}`, campaign.id, "Europe/Madrid", clockTime(campaign.created_at)]) {
        await expect(main).toContainText(text);
    }
    // How events get here, with the campaign's own id.
    await expect(main.getByLabel("Example request")).toContainText(campaign.id);
});

test("a date is set, and changed", async ({ page, open, api }) => {
    const campaign = await create(api);
    await open(detailsPath(campaign));
    const date = page.getByLabel("Date and time, Europe/Madrid");
    const pill = page.getByRole("main").locator(".pill");
    await date.fill("2027-03-28T09:30");
    await page.getByRole("button", { name: "Set date" }).click();
    await expect(pill).toHaveText("Scheduled");
    await expect(page.getByRole("main")).toContainText("28 Mar 2027, 09:30");
    await date.fill("2027-03-29T10:00");
    await page.getByRole("button", { name: "Change date" }).click();
    await expect(page.getByRole("main")).toContainText("29 Mar 2027, 10:00");
    const now = await (await api.get(`/api/v1/campaigns/${campaign.id}`)).json();
    // Summer time began the day before.
    expect(new Date(now.scheduled_at).toISOString()).toBe("2027-03-29T08:00:00.000Z");
});

test("a campaign without events is deleted after one question", async ({ page, open, api }) => {
    const campaign = await create(api);
    await open(detailsPath(campaign));
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    const dialog = page.getByRole("dialog", { name: /Delete/ });
    await dialog.getByRole("button", { name: "Keep it" }).click();
    await expect(dialog).toBeHidden();
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await dialog.getByRole("button", { name: "Delete" }).click();
    await expect(page).toHaveURL(/\/reports\/messaging/);
    expect((await api.get(`/api/v1/campaigns/${campaign.id}`)).status()).toBe(404);
});

test("a campaign with figures can't be deleted, and the page says why", async ({ page, open, api }) => {
    const campaign = await create(api, { status: "in_progress" });
    await ingest(api, campaign, [{ kind: "sent", message: "m1" }]);
    await open(detailsPath(campaign));
    const bin = page.getByRole("button", { name: "Delete", exact: true });
    await expect(bin).toBeDisabled();
    await expect(bin).toHaveAccessibleDescription(/.{10,}/);
    const answer = await api.delete(`/api/v1/campaigns/${campaign.id}`);
    expect(answer.status()).toBe(409);
});

test("an interactive campaign goes its way: publish, live, pause, resume, close", async ({ page, open, api }) => {
    const campaign = await create(api, { kind: "interactive", type: "trivia", status: "draft" });
    await open(detailsPath(campaign));
    const pill = page.getByRole("main").locator(".pill");
    const press = (name: string) => page.getByRole("main").getByRole("button", { name, exact: true }).first().click();
    const agree = (name: string) => page.getByRole("dialog").getByRole("button", { name, exact: true }).click();
    await press("Publish");
    await expect(pill).toHaveText("Processing");
    await press("Mark as live");
    await expect(pill).toHaveText("Live");
    await press("Pause");
    await agree("Pause");
    await expect(pill).toHaveText("Pending");
    await press("Resume");
    await expect(pill).toHaveText("Live");
    await press("Close participation");
    await agree("Not yet");
    await expect(pill).toHaveText("Live");
    await press("Close participation");
    await agree("Complete");
    await expect(pill).toHaveText("Completed");
    await expect.poll(status(api, campaign.id)).toBe("completed");
    await expect(page.getByRole("main").getByRole("link", { name: "Report", exact: true })).toBeVisible();
});

test("a paused campaign is resumed", async ({ page, open, api }) => {
    const campaign = await createPaused(api);
    await open(detailsPath(campaign));
    await page.getByRole("button", { name: "Resume" }).click();
    await expect(page.getByRole("main").locator(".pill")).toHaveText("Live");
    await expect.poll(status(api, campaign.id)).toBe("live");
});

test("details of nothing are not found", async ({ page, clean }) => {
    clean.expected.push(/status of 404/);
    await page.goto("/campaigns/nothing-has-this-id/details");
    await expect(page.getByText("There is no page at this address")).toBeVisible();
});
