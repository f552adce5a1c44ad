import { readFile } from "node:fs/promises";
import { create, demonstrated, ingest, patch, reportPath } from "../support/campaigns";
import { expect, hydrated, test } from "../support/fixtures";
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
    const campaign = await newsletter(api);
    await open(reportPath(campaign));
    await report.drawn();
    const save = async (title: string, kind: string) => {
        const [download] = await Promise.all([
            page.waitForEvent("download"),
            report.chart(title).getByRole("button", { name: new RegExp(`as ${kind}$`) }).click(),
        ]);
        return { name: download.suggestedFilename(), content: await readFile(await download.path()) };
    };
    const funnel = await save("Funnel", "CSV");
    expect(funnel.name).toBe(`campaign-${campaign.number}-funnel-2026-11-11-2026-11-11.csv`);
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
    expect(picture.name).toBe(`campaign-${campaign.number}-funnel-2026-11-11-2026-11-11.png`);
    expect(picture.content.subarray(0, 8).toString("hex")).toBe("89504e470d0a1a0a");
    expect(picture.content.length).toBeGreaterThan(5_000);

    // A breakdown has a file too.
    const [download] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("button", { name: "Download Countries as CSV" }).click(),
    ]);
    const countries = (await readFile(await download.path())).toString("utf8").replace("\ufeff", "").trimEnd().split("\r\n");
    expect(countries[0]).toBe("Name,Events,People");
    expect(countries[1]).toMatch(/^Spain,\d+,2$/);
});

test("a chart that is read by keys goes on saying its newest value", async ({ page, open, api }) => {
    const campaign = await newsletter(api, "in_progress");
    const report = new ReportPage(page);
    await open(reportPath(campaign));
    await report.drawn();
    const funnel = report.chart("Funnel");
    await funnel.locator("[aria-roledescription=chart]").focus();
    const said = funnel.locator("[aria-live=polite]");
    await page.keyboard.press("Home");
    await expect(said).toHaveText(/Sent.*8/);
    await ingest(api, campaign, people(2, "late").map((message) => ({ kind: "sent", message })));
    await expect(said).toHaveText(/Sent.*10/, { timeout: 2_000 });
    await expect(funnel.locator("[aria-roledescription=chart]")).toBeFocused();
});

test("pausing in the report says what became of it, and Details has the way on", async ({ page, open, api, clean }) => {
    clean.expected.push(/ERR_FAILED/);
    const campaign = await raffle(api, "live");
    const report = new ReportPage(page);
    await open(reportPath(campaign));
    const main = page.getByRole("main");
    const pause = async () => {
        await main.getByRole("button", { name: "Pause" }).first().click();
        await page.getByRole("dialog").getByRole("button", { name: "Pause" }).click();
    };
    await page.route("**/change_status*", (route) => route.abort());
    await pause();
    await expect(main.getByRole("alert")).toContainText("The server could not be reached");
    await page.unroute("**/change_status*");
    await pause();
    await expect(main.locator("header .pill")).toHaveText("Pending");
    await expect(main.getByRole("alert")).toHaveCount(0);
    await expect(report.value("Visited")).toHaveText("4");
    await main.getByRole("link", { name: "Change or resume it in Details" }).click();
    await expect(page).toHaveURL(`/campaigns/${campaign.id}/details`);
    await expect(page.getByRole("button", { name: "Resume" })).toBeVisible();
});

test("a report that could not be refreshed says so and is asked for again", async ({ page, open, api, clean }) => {
    clean.expected.push(/ERR_FAILED/);
    const campaign = await newsletter(api);
    const report = new ReportPage(page);
    await open(reportPath(campaign));
    await report.drawn();
    await page.route("**/load_report*", (route) => route.abort());
    await report.switch("Evidence").getByRole("link", { name: "All events" }).click();
    const alert = page.getByRole("main").getByRole("alert");
    await expect(alert).toContainText("could not be refreshed");
    await page.unroute("**/load_report*");
    await alert.getByRole("link", { name: "Try again" }).click();
    await expect(alert).toHaveCount(0);
    await expect(report.value("Open rate")).toHaveText("66.7%");
});

test("Back takes the status of the search with it", async ({ page, open, api }) => {
    await open(`${reportPath(await newsletter(api))}?tab=recipients`);
    const form = page.getByRole("main").getByRole("search");
    await form.getByLabel("Status").selectOption({ label: "Unsent" });
    await form.getByRole("button", { name: "Search" }).click();
    await expect(page).toHaveURL(/status=unsent/);
    await page.goBack();
    await expect(page).not.toHaveURL(/status=/);
    await expect(form.getByLabel("Status")).toHaveValue("");
});

test("the tables are there while the script is on its way", async ({ page, api }) => {
    const campaign = await newsletter(api);
    let arrive = () => {};
    const late = new Promise<void>((resolve) => (arrive = resolve));
    await page.route("**/pkg/*.wasm", async (route) => {
        await late;
        await route.continue();
    });
    await page.goto(reportPath(campaign), { waitUntil: "commit" });
    const funnel = new ReportPage(page).chart("Funnel");
    await expect(funnel.getByRole("table")).toBeVisible();
    const before = await funnel.boundingBox();
    arrive();
    await hydrated(page);
    await expect(funnel.getByRole("table")).toBeHidden();
    expect((await funnel.boundingBox())!.height).toBe(before!.height);
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

test("a figure of a card opens how it is made", async ({ page, open, api }) => {
    const campaign = await newsletter(api);
    await open(`/reports/messaging?range=all&q=${encodeURIComponent(campaign.name)}`);
    const card = new ListPage(page).card(campaign.name);
    await card.root.getByRole("button", { name: /^Delivered 75\.0%/ }).press("Enter");
    const about = page.getByRole("dialog", { name: /^Delivered/ });
    await expect(about).toContainText(/Numerator\s*Delivered\s*6/);
    await expect(about).toContainText(/Denominator\s*Sent\s*8/);
    await expect(about).toContainText("Latest event, 11 Nov 2026, 12:00");
    await page.keyboard.press("Escape");
    await expect(about).toBeHidden();
});

test("a test of many arms is a list to choose from", async ({ page, open, api }) => {
    const campaign = await create(api, { type: "email", status: "completed" });
    const arms = ["A", "B", "C", "D", "E"];
    await ingest(api, campaign, arms.flatMap((variant) => [
        { kind: "sent", message: `${variant}@example.org`, variant },
        { kind: "opened", message: `${variant}@example.org`, variant },
    ]));
    const report = new ReportPage(page);
    await open(reportPath(campaign));
    await expect(report.value("Sent")).toHaveText("5");
    await page.getByRole("combobox", { name: "Variant" }).selectOption("C");
    await expect(page).toHaveURL(/variant=C/);
    await expect(report.value("Sent")).toHaveText("1");
    await page.goBack();
    await expect(page.getByRole("combobox", { name: "Variant" })).toHaveValue("");
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
    "poll", "web_poll", "chatbot", "geofence",
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
