import { create, createPaused, detailsPath, reportPath } from "../support/campaigns";
import { expect, test } from "../support/fixtures";
import { ListPage } from "../support/pages/list";
import { stateFile } from "../support/state";
import { newsletter, people } from "../support/story";

test.use({ storageState: async ({}, use) => use(stateFile("viewer.json")) });

test("a viewer sees everything and nothing that changes it", async ({ page, open, api }) => {
    const list = new ListPage(page);
    const main = page.getByRole("main");
    const live = await create(api, { kind: "interactive", type: "raffle", status: "live" });
    await open(`/reports/interactive?q=${encodeURIComponent(live.name)}`);
    const card = list.card(live.name);
    await expect(card.action("Report")).toBeVisible();
    // Its figures open how they are made; nothing else can be pressed.
    await expect(card.root.locator("button:not(.figure__open)")).toHaveCount(0);
    await expect(main.getByRole("link", { name: "New campaign" })).toHaveCount(0);

    for (const campaign of [await create(api), await createPaused(api), live]) {
        await open(detailsPath(campaign));
        await expect(page.getByRole("heading", { level: 1 })).toHaveText(campaign.name);
        await expect(main.getByRole("button")).toHaveCount(0);
        await expect(main.locator("form")).toHaveCount(0);
    }
    await open(`/reports/interactive/${live.id}`);
    await expect(main.getByRole("button", { name: "Pause" })).toHaveCount(0);
});

test("a viewer finds a recipient by the whole key, and is told so", async ({ page, open, api }) => {
    const campaign = await newsletter(api);
    const [someone] = people(1);
    await open(`${reportPath(campaign)}?tab=recipients&q=${encodeURIComponent(someone.slice(0, 5))}`);
    await expect(page.getByText("No recipient matches.")).toBeVisible();
    await expect(page.getByText("a search needs the whole number, address or key")).toBeVisible();
    await open(`${reportPath(campaign)}?tab=recipients&q=${encodeURIComponent(someone)}`);
    await expect(page.getByText("r…@example.org")).toBeVisible();
});

test("the server refuses a viewer what the page doesn't offer", async ({ page, open, api }) => {
    const campaign = await create(api);
    await open(detailsPath(campaign));
    const answer = await page.request.patch(`/api/v1/campaigns/${campaign.id}`, { data: { status: "in_progress" } });
    expect([401, 403]).toContain(answer.status());
});
