import { described, presets } from "../support/dates";
import { expect, test } from "../support/fixtures";
import { DateRange } from "../support/pages/range";

test.skip(({ javaScriptEnabled }) => javaScriptEnabled === true, "what stands in for scripts");

test("the calendar is a form with two dates, the presets are links", async ({ page, open }) => {
    const range = new DateRange(page);
    await open("/reports/messaging?type=email");
    await range.open();
    await range.dialog.getByLabel("From").fill("2026-07-01");
    await range.dialog.getByLabel("To").fill("2026-07-31");
    await range.dialog.getByRole("button", { name: "OKAY" }).first().click();
    await expect(page).toHaveURL(/type=email.*from=2026-07-01&to=2026-07-31/);
    await expect(range.button).toContainText("1 – 31 Jul 2026");
    await range.open();
    await range.option("Last month").click();
    await expect(page).toHaveURL(/type=email&range=last/);
    const [, from, to] = presets().find(([name]) => name === "Last month")!;
    await expect(range.button).toHaveAttribute("title", described(from, to));
});

test("nothing that needs a script is shown", async ({ page, open }) => {
    await open("/reports/messaging");
    await page.getByRole("button", { name: /^Account of/ }).click();
    await expect(page.getByRole("group", { name: "Theme" })).toBeHidden();
});
