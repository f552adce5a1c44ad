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
    await list.shows(/cursor=/);
    await expect(list.cards).toHaveCount(50);
    await expect(list.cards.first().getByRole("heading")).not.toHaveText(first!);
    const further = await list.cards.first().getByRole("heading").textContent();
    await page.getByRole("link", { name: "Back to the newest" }).click();
    // Other tests make campaigns meanwhile: the newest need not be the same.
    await list.shows(/\/reports\/messaging(?!.*cursor=)/);
    await expect(list.cards).toHaveCount(50);
    await expect(list.cards.first().getByRole("heading")).not.toHaveText(further!);
});
