import { described, monthTitle, shift, today } from "../support/dates";
import { expect, test } from "../support/fixtures";
import { DateRange } from "../support/pages/range";

test("one month fits a phone, and is picked in by touch", async ({ page, open, accessible }) => {
    const range = new DateRange(page);
    await open("/reports/messaging");
    await range.button.tap();
    await expect(range.months).toHaveCount(1);
    await expect(range.months).toHaveAccessibleName(monthTitle(today()));
    await accessible();
    const box = await range.dialog.boundingBox();
    expect(box!.x).toBeGreaterThanOrEqual(0);
    expect(box!.x + box!.width).toBeLessThanOrEqual(390);
    const first = shift(today(), 1 - today().getUTCDate());
    await range.day(first).tap();
    await range.day(today()).tap();
    await expect(range.label).toHaveText(described(first, today()));
    await range.okay.tap();
    await expect(page).toHaveURL(/range=/);
});
