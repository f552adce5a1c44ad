import { create, demonstrated, ingest, reportPath } from "../support/campaigns";
import { expect, test } from "../support/fixtures";
import { ListPage } from "../support/pages/list";
import { ReportPage } from "../support/pages/report";
import { newsletter } from "../support/story";

/** Nothing makes the page wider than the screen. Not than the window: on a phone that grows with what is too wide. */
const fits = async (page: import("@playwright/test").Page) =>
    expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(page.viewportSize()!.width);

test("a report fits a phone", async ({ page, open, api }) => {
    const report = new ReportPage(page);
    await open(reportPath(await newsletter(api)));
    await report.drawn();
    await fits(page);
    await report.tile("Open rate").getByRole("button").tap();
    await expect(page.getByRole("dialog", { name: /Open rate/ })).toBeInViewport();
    await page.keyboard.press("Escape");
    for (const tab of ["Campaign Overview", "Link Tracking", "Recipient Search"]) {
        await report.tab(tab).tap();
        await expect(report.tab(tab)).toHaveAttribute("aria-current", "page");
        await fits(page);
    }
});

test("variants with long names fit a phone", async ({ page, open, api }) => {
    const report = new ReportPage(page);
    for (const many of [4, 6]) {
        const campaign = await create(api, { type: "email", status: "completed" });
        const arms = Array.from({ length: many }, (_, n) => `A rather long name of an arm that goes on and on, number ${n}`);
        await ingest(api, campaign, arms.flatMap((variant, n) => [
            { kind: "sent", message: `${n}@example.org`, variant },
            { kind: "opened", message: `${n}@example.org`, variant },
        ]));
        await open(reportPath(campaign));
        await report.drawn();
        await fits(page);
    }
});

test("settings fit a phone", async ({ page, open }) => {
    await open("/settings");
    await expect(page.getByRole("heading", { name: "API tokens" })).toBeVisible();
    await fits(page);
});

test("lists and an interactive report fit a phone", async ({ page, open, api, accessible }) => {
    const list = new ListPage(page);
    for (const path of ["/reports/messaging?range=all", "/reports/interactive?range=all"]) {
        await open(path);
        await expect(list.cards.first()).toBeVisible();
        await fits(page);
    }
    const [campaign] = await demonstrated(api, { kind: "interactive", status: "live", type: "raffle" });
    await open(reportPath(campaign));
    await new ReportPage(page).drawn();
    await fits(page);
    await accessible();
});
