import { expect, test } from "../support/fixtures";
import { ListPage } from "../support/pages/list";

test("a long list has pages", async ({ page, open, javaScriptEnabled }) => {
    const list = new ListPage(page);
    await open("/reports/messaging?range=all");
    await expect(list.cards).toHaveCount(50);
    const first = await list.cards.first().getByRole("heading").textContent();
    const older = page.getByRole("link", { name: "Show older campaigns" });
    await older.click();
    if (javaScriptEnabled) {
        // Further cards come below, the first stay. Near the end more are fetched ahead.
        await expect.poll(() => list.cards.count()).toBeGreaterThanOrEqual(100);
        await expect(list.cards.first().getByRole("heading")).toHaveText(first!);
        return;
    }
    await expect(page).toHaveURL(/cursor=/);
    await expect(list.cards).toHaveCount(50);
    await expect(list.cards.first().getByRole("heading")).not.toHaveText(first!);
    await page.getByRole("link", { name: "Back to the newest" }).click();
    await expect(list.cards.first().getByRole("heading")).toHaveText(first!);
});
