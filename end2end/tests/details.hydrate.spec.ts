import { create, detailsPath, ingest, patch } from "../support/campaigns";
import { expect, test } from "../support/fixtures";

test("details follow what happens elsewhere", async ({ page, open, api }) => {
    const campaign = await create(api, { status: "in_progress" });
    await open(detailsPath(campaign));
    const main = page.getByRole("main");
    await ingest(api, campaign, ["a", "b"].map((message) => ({ kind: "sent", message })));
    await expect(main.getByRole("definition").filter({ hasText: /^2$/ }).first()).toBeVisible();
    await patch(api, campaign, { status: "completed" });
    await expect(main.locator(".pill")).toHaveText("Completed");
});

test("the first event takes away what is said of a campaign without any", async ({ page, open, api }) => {
    const campaign = await create(api);
    await open(detailsPath(campaign));
    const main = page.getByRole("main");
    const bin = page.getByRole("button", { name: "Delete", exact: true });
    await expect(main).toContainText(/updated \d\d:\d\d:\d\d/);
    await expect(main.getByText("Nothing was recorded yet")).toBeVisible();
    await expect(bin).toBeEnabled();
    await ingest(api, campaign, [{ kind: "sent", message: "a" }]);
    await expect(main.getByRole("definition").filter({ hasText: /^1$/ }).first()).toBeVisible();
    await expect(main.getByText("Nothing was recorded yet")).toBeHidden();
    await expect(bin).toBeDisabled();
});

test("a new name is shown where the old one stood", async ({ page, open, api }) => {
    const campaign = await create(api);
    await open(detailsPath(campaign));
    const name = `${campaign.name}, renamed`;
    await patch(api, campaign, { name });
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(name);
    await expect(page).toHaveTitle(`${name} · Reportage`);
});

test("a campaign that is deleted elsewhere is gone here", async ({ page, open, api, clean }) => {
    clean.expected.push(/status of 404/);
    const campaign = await create(api);
    await open(detailsPath(campaign));
    expect((await api.delete(`/api/v1/campaigns/${campaign.id}`)).status()).toBeLessThan(300);
    await expect(page.getByText("There is no page at this address")).toBeVisible();
});

test("an error goes when another action succeeds", async ({ page, open, api, clean }) => {
    clean.expected.push(/status of 500/);
    const campaign = await create(api, { kind: "interactive", type: "raffle", status: "draft" });
    await open(detailsPath(campaign));
    const main = page.getByRole("main");
    await page.route("**/ui/reschedule*", (route) => route.fulfill({ status: 500, body: "" }));
    await main.getByLabel(/^Date and time/).fill("2027-05-01T10:00");
    await main.getByRole("button", { name: "Set date" }).click();
    await expect(main.getByRole("alert")).toBeVisible();
    await main.getByRole("button", { name: "Publish" }).click();
    await expect(main.locator(".pill")).toHaveText("Processing");
    await expect(main.getByRole("alert")).toHaveCount(0);
});
