import { create } from "../support/campaigns";
import { day, described, iso, monthTitle, presets, shift, today, weekday } from "../support/dates";
import { expect, test } from "../support/fixtures";
import { ListPage } from "../support/pages/list";
import { DateRange } from "../support/pages/range";

test("every preset says what it resolves to, and OKAY applies it", async ({ page, open, accessible }) => {
    const range = new DateRange(page);
    await open("/reports/messaging");
    await range.open();
    await accessible();
    for (const [name, from, to] of presets()) {
        await range.option(name).click();
        await expect(range.option(name)).toHaveAttribute("aria-current", "true");
        await expect(range.label).toHaveText(described(from, to));
    }
    await expect(range.dialog.getByRole("link")).toHaveText([...presets().map(([name]) => name), "All"]);
    await expect(page, "nothing is applied yet").toHaveURL(/\/reports\/messaging$/);
    await range.option("Last week").click();
    await range.okay.click();
    await expect(range.dialog).toBeHidden();
    await expect(page).toHaveURL(/range=last_week|range=last-week/);
    await expect(range.button).toContainText("Last week");
    const [, from, to] = presets().find(([name]) => name === "Last week")!;
    await expect(range.button).toHaveAttribute("title", described(from, to));
});

test("All is all of time", async ({ page, open }) => {
    const range = new DateRange(page);
    await open("/reports/messaging");
    await range.open();
    await range.option("All").click();
    await range.okay.click();
    await expect(page).toHaveURL(/range=all/);
    await expect(range.button).toContainText("All");
});

test("Escape and Cancel forget what was picked", async ({ page, open }) => {
    const range = new DateRange(page);
    await open("/reports/messaging");
    for (const leave of [() => page.keyboard.press("Escape"), () => range.dialog.getByRole("button", { name: "Cancel" }).click()]) {
        const before = await range.button.textContent();
        await range.open();
        await range.option("Yesterday").click();
        await leave();
        await expect(range.dialog).toBeHidden();
        await expect(page).toHaveURL(/\/reports\/messaging$/);
        expect(await range.button.textContent()).toBe(before);
    }
    await range.button.focus();
    await range.open();
    await page.keyboard.press("Escape");
    await expect(range.button).toBeFocused();
});

test("two months, the present one last, weeks from the workspace's first day", async ({ page, open }) => {
    const range = new DateRange(page);
    await open("/reports/messaging");
    await range.open();
    await expect(range.months).toHaveCount(2);
    const previous = shift(day(`${iso(today()).slice(0, 7)}-01`), -1);
    await expect(range.months.nth(0)).toHaveAccessibleName(monthTitle(previous));
    await expect(range.months.nth(1)).toHaveAccessibleName(monthTitle(today()));
    await expect(range.months.nth(0).getByRole("columnheader")).toHaveText(["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"]);
    await expect(range.day(today())).toHaveAttribute("aria-current", "date");
    await expect(range.dialog.getByRole("button", { name: "Later month" })).toBeDisabled();
    await range.dialog.getByRole("button", { name: "Earlier month" }).click();
    await expect(range.months.nth(1)).toHaveAccessibleName(monthTitle(previous));
    await range.dialog.getByRole("button", { name: "Later month" }).click();
    await expect(range.months.nth(1)).toHaveAccessibleName(monthTitle(today()));
});

test("a range is picked with two clicks and previewed under the pointer", async ({ page, open }) => {
    const range = new DateRange(page);
    const first = shift(day(`${iso(today()).slice(0, 7)}-01`), -20);
    await open("/reports/messaging");
    await range.open();
    await range.day(first).click();
    await expect(range.label).toHaveText(described(first, first));
    await range.day(shift(first, 6)).hover();
    await expect(range.marked).toHaveCount(7);
    await range.day(shift(first, -2)).hover();
    await expect(range.marked).toHaveCount(3);
    await range.day(shift(first, 9)).click();
    await expect(range.marked).toHaveCount(10);
    await expect(range.label).toHaveText(described(first, shift(first, 9)));
    await range.okay.click();
    await expect(page).toHaveURL(new RegExp(`range=${iso(first)}\\.\\.${iso(shift(first, 9))}`));
});

test("keys move as the date-picker pattern says, and Enter picks", async ({ page, open }) => {
    const range = new DateRange(page);
    await open("/reports/messaging");
    await range.button.focus();
    await page.keyboard.press("Enter");
    await expect(range.day(today())).toBeFocused();
    let at = today();
    const press = async (key: string, to: Date) => {
        await page.keyboard.press(key);
        at = to;
        await expect(range.day(at), key).toBeFocused();
    };
    await press("ArrowLeft", shift(at, -1));
    await press("ArrowUp", shift(at, -7));
    await press("ArrowDown", shift(at, 7));
    await press("ArrowRight", shift(at, 1));
    await press("ArrowUp", shift(at, -7));
    await press("Home", shift(at, -weekday(at)));
    await press("End", shift(at, 6 - weekday(at)));
    const months = (by: number) => {
        const first = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + by, 1));
        const last = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
        return shift(first, Math.min(at.getUTCDate(), last) - 1);
    };
    await press("PageUp", months(-1));
    await press("PageUp", months(-1));
    await press("PageDown", months(1));
    await press("Shift+PageUp", months(-12));
    await press("Shift+PageDown", months(12));
    const from = at;
    await page.keyboard.press("Enter");
    await press("ArrowDown", shift(at, 7));
    await press("ArrowRight", shift(at, 1));
    await expect(range.marked).toHaveCount(9);
    await page.keyboard.press("Enter");
    await expect(range.label).toHaveText(described(from, at));
    await range.okay.press("Enter");
    await expect(page).toHaveURL(new RegExp(`range=${iso(from)}\\.\\.${iso(at)}`));
});

test("the future can't be picked", async ({ page, open }) => {
    const range = new DateRange(page);
    await open("/reports/messaging?range=today");
    await range.open();
    await page.keyboard.press("ArrowRight");
    await expect(range.day(today())).toBeFocused();
    await expect(range.label).toHaveText(described(today(), today()));
});

test("days are those of the workspace, not of the browser", async ({ page, open, api }) => {
    // The browser is in New York. 23:30 in Madrid is the day before midnight there, 00:30 the day after.
    const list = new ListPage(page);
    const late = await create(api, { created_at: "2026-03-28T22:30:00Z" });
    const early = await create(api, { created_at: "2026-03-28T23:30:00Z" });
    await open("/reports/messaging?range=2026-03-28..2026-03-28&q=Browser%20test");
    await expect(list.card(late.name).root).toBeVisible();
    await expect(list.card(early.name).root).toHaveCount(0);
    await open("/reports/messaging?range=2026-03-29..2026-03-29&q=Browser%20test");
    await expect(list.card(early.name).root).toBeVisible();
    await expect(list.card(late.name).root).toHaveCount(0);
});

test("Tab stays within the open calendar", async ({ page, open }) => {
    const range = new DateRange(page);
    await open("/reports/messaging");
    await range.open();
    await range.okay.focus();
    await page.keyboard.press("Tab");
    await expect(range.option("Today")).toBeFocused();
    await page.keyboard.press("Shift+Tab");
    await expect(range.okay).toBeFocused();
});

test("turning to the last month keeps the keyboard, and each turn is announced", async ({ page, open }) => {
    const range = new DateRange(page);
    await open("/reports/messaging");
    await range.open();
    const [earlier, later] = [
        range.dialog.getByRole("button", { name: "Earlier month" }),
        range.dialog.getByRole("button", { name: "Later month" }),
    ];
    const said = range.dialog.locator(".months > [aria-live=polite]");
    const line = await said.elementHandle();
    await earlier.click();
    const previous = shift(day(`${iso(today()).slice(0, 7)}-01`), -1);
    await expect(said).toContainText(monthTitle(previous));
    await expect(said).not.toContainText(monthTitle(today()));
    await later.focus();
    await page.keyboard.press("Enter");
    await expect(said).toContainText(monthTitle(today()));
    await expect(later).toBeFocused();
    await page.keyboard.press("Enter");
    await expect(range.months.nth(1)).toHaveAccessibleName(monthTitle(today()));
    expect(await line!.evaluate((element) => element.isConnected)).toBe(true);
});

test("the button says the days behind its word, where there is room", async ({ page, open }) => {
    const range = new DateRange(page);
    await open("/reports/messaging?range=last_week");
    const [, from, to] = presets().find(([name]) => name === "Last week")!;
    const days = described(from, to).split(" · ")[0];
    await expect(range.button.getByText(days)).toBeVisible();
    await page.setViewportSize({ width: 390, height: 844 });
    await expect(range.button.getByText(days)).toBeHidden();
    await expect(range.button).toContainText("Last week");
});
