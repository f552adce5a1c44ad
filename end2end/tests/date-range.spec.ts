import { create } from "../support/campaigns";
import { expect, test } from "../support/fixtures";
import { ListPage } from "../support/pages/list";

test("the days in the address filter by creation day, both ends included", async ({ page, open, api }) => {
    const list = new ListPage(page);
    const campaign = await create(api, { created_at: "2026-02-10T12:00:00Z" });
    const q = `q=${encodeURIComponent(campaign.name)}`;
    for (const [range, found] of [
        ["range=2026-02-10..2026-02-10", 1],
        ["range=2026-02-01..2026-02-10", 1],
        ["range=2026-02-11..2026-02-28", 0],
        ["from=2026-02-10&to=2026-02-12", 1],
        ["range=all", 1],
        ["", 0],
    ] as const) {
        await open(`/reports/messaging?${range}&${q}`);
        await expect(list.cards, range).toHaveCount(found);
    }
});
