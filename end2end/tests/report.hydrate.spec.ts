import { readFile } from "node:fs/promises";
import { demonstrated, ingest, patch, reportPath } from "../support/campaigns";
import { expect, test } from "../support/fixtures";
import { ListPage } from "../support/pages/list";
import { DateRange } from "../support/pages/range";
import { ReportPage } from "../support/pages/report";
import { newsletter, people, raffle } from "../support/story";

test("charts come on demand, and are a table at a click", async ({ page, open, api, accessible }) => {
    const fetched: string[] = [];
    page.on("request", (request) => fetched.push(new URL(request.url()).pathname));
    const report = new ReportPage(page);
    await open(reportPath(await newsletter(api)));
    await report.drawn();
    expect(fetched.filter((path) => path.includes("echarts"))).toHaveLength(1);
    const funnel = report.chart("Funnel");
    const before = await funnel.boundingBox();
    await funnel.getByRole("button", { name: "Table" }).click();
    await expect(funnel.getByRole("table")).toBeVisible();
    await expect(funnel.getByRole("button", { name: "Table" })).toHaveAttribute("aria-pressed", "true");
    expect((await funnel.boundingBox())!.height).toBe(before!.height);
    await accessible();
    await funnel.getByRole("button", { name: "Chart" }).click();
    await expect(funnel.getByRole("table")).toBeHidden();
    await expect(funnel.locator("canvas").first()).toBeVisible();
});

test("a chart is read out by keys", async ({ page, open, api }) => {
    const report = new ReportPage(page);
    await open(reportPath(await newsletter(api)));
    await report.drawn();
    const funnel = report.chart("Funnel");
    await funnel.locator("[aria-roledescription=chart]").focus();
    const said = funnel.locator("[aria-live=polite]");
    for (const [key, text] of [["ArrowRight", /Sent.*8/], ["ArrowRight", /Delivered.*6/], ["End", /Clicked.*2/], ["ArrowLeft", /Opened.*3/], ["Home", /Sent.*8/]] as const) {
        await page.keyboard.press(key);
        await expect(said).toHaveText(text);
    }
    await page.keyboard.press("Escape");
    await expect(said).toHaveText("");
});

test("a chart is saved as CSV and as PNG", async ({ page, open, api }) => {
    const report = new ReportPage(page);
    await open(reportPath(await newsletter(api)));
    await report.drawn();
    const save = async (title: string, kind: string) => {
        const [download] = await Promise.all([
            page.waitForEvent("download"),
            report.chart(title).getByRole("button", { name: new RegExp(`as ${kind}$`) }).click(),
        ]);
        return { name: download.suggestedFilename(), content: await readFile(await download.path()) };
    };
    const funnel = await save("Funnel", "CSV");
    expect(funnel.name).toMatch(/funnel.*\.csv$/);
    const [head, ...lines] = funnel.content.toString("utf8").replace("\ufeff", "").trimEnd().split("\r\n");
    expect(head).toBe("Step,Count,Of the step before,Of the first");
    expect(lines.map((line) => line.split(",").slice(0, 2))).toEqual([
        ["Sent", "8"], ["Delivered", "6"], ["Opened", "3"], ["Clicked", "2"],
    ]);
    expect(Number(lines[1].split(",")[2])).toBe(0.75);

    // Every bucket is in the file, the idle ones too, and the sum is the figure.
    const series = await save("Engagement", "CSV");
    const [names, ...points] = series.content.toString("utf8").replace("\ufeff", "").trimEnd().split("\r\n");
    const column = names.split(",").indexOf("Opens");
    expect(points.reduce((sum, line) => sum + Number(line.split(",")[column]), 0)).toBe(4);
    expect(points[0]).toMatch(/^"?2026-11-11T\d\d:\d\d:00\+01:00/);

    const picture = await save("Funnel", "PNG");
    expect(picture.name).toMatch(/funnel.*\.png$/);
    expect(picture.content.subarray(0, 8).toString("hex")).toBe("89504e470d0a1a0a");
    expect(picture.content.length).toBeGreaterThan(5_000);
});

test("the report's range has no All, and OKAY applies it", async ({ page, open, api }) => {
    const range = new DateRange(page);
    await open(reportPath(await newsletter(api)));
    await range.open();
    await expect(range.option("All")).toHaveCount(0);
    await range.option("Yesterday").click();
    await range.okay.click();
    await expect(page).toHaveURL(/range=yesterday/);
    await expect(page.getByText("Nothing happened in this range")).toBeVisible();
});

test("figures move within a second of the event, without losing the place", async ({ page, open, api }) => {
    const campaign = await newsletter(api, "in_progress");
    const report = new ReportPage(page);
    await open(reportPath(campaign));
    await report.drawn();
    await page.evaluate(() => window.scrollTo({ top: 60, behavior: "instant" }));
    const scrolled = () => page.evaluate(() => window.scrollY);
    await expect.poll(scrolled).toBeGreaterThan(0);
    const [before, tile] = [await scrolled(), await report.tile("Sent").elementHandle()];
    const canvas = await report.chart("Funnel").locator("canvas").first().elementHandle();

    await ingest(api, campaign, people(2, "late").map((message) => ({ kind: "sent", message })));
    await expect(report.value("Sent")).toHaveText("10", { timeout: 1_000 });
    await ingest(api, campaign, people(2, "late").map((message) => ({ kind: "delivered", message })));
    await expect(report.value("Delivery rate")).toHaveText("80.0%", { timeout: 2_000 });
    await expect(report.tile("Sent")).toContainText("of 12 recipients");

    const pill = page.getByRole("main").locator("header .pill");
    await expect(pill).toHaveText("In Progress");
    await patch(api, campaign, { status: "completed" });
    await expect(pill).toHaveText("Completed", { timeout: 2_000 });
    await expect(page.getByText(/^updated \d\d:\d\d:\d\d$/)).toBeVisible();

    expect(await scrolled()).toBe(before);
    for (const element of [tile, canvas]) {
        expect(await element!.evaluate((element) => element.isConnected), "elements stay").toBe(true);
    }
});

test("the first event of an empty report makes it appear", async ({ page, open, api }) => {
    const campaign = await raffle(api, "live");
    const report = new ReportPage(page);
    await open(reportPath(campaign));
    await report.drawn();
    const more = people(3, "late");
    await ingest(api, campaign, more.map((message) => ({ kind: "visited", message })));
    await expect(report.value("Visited")).toHaveText("7", { timeout: 1_000 });
});

test("going back and forth between list and report leaves nothing behind", async ({ page, open, api }) => {
    const list = new ListPage(page);
    const campaign = await raffle(api, "live");
    await open(`/reports/interactive?range=all&q=${encodeURIComponent(campaign.name)}`);
    for (let round = 0; round < 3; round++) {
        await list.card(campaign.name).action("Report").click();
        await expect(page.getByRole("heading", { level: 1, name: campaign.name })).toBeVisible();
        // Away while charts are still being fetched or drawn.
        await page.goBack();
        await expect(list.card(campaign.name).root).toBeVisible();
    }
    await list.card(campaign.name).action("Report").click();
    await new ReportPage(page).drawn();
});

for (const type of [
    "e_swipe", "subscription_form", "trivia", "web_trivia", "keyword", "digital_coupon", "raffle", "member_card",
    "poll", "web_poll", "chatbot", // geofence: the demonstration has no interaction to draw
]) {
    test(`the report of a completed ${type} draws`, async ({ page, open, api }) => {
        const [campaign] = await demonstrated(api, { kind: "interactive", type, status: "completed" });
        const report = new ReportPage(page);
        await open(reportPath(campaign));
        await report.drawn();
        await expect(report.tiles.first()).toBeVisible();
        // A chart is drawn anew with other data, then with the first again: on the same elements.
        await report.switch("Evidence").getByRole("link", { name: "All events" }).click();
        await expect(page).toHaveURL(/evidence=all/);
        await report.switch("Evidence").getByRole("link", { name: "Human-likely" }).click();
        await expect(page).not.toHaveURL(/evidence=all/);
        await report.drawn();
    });
}
