import { create, demonstrated, ingest, reportPath } from "../support/campaigns";
import { expect, hydrated, test } from "../support/fixtures";
import { cells, NOTHING, ReportPage } from "../support/pages/report";
import { newsletter, people, raffle } from "../support/story";

const CHANNELS = {
    sms: ["Sent", "Delivery rate", "Transit rate", "Failed rate"],
    email: ["Sent", "Delivery rate", "Open rate", "Click rate", "Click-to-open", "Bounce rate", "Unsubscribed", "Complaints"],
    push: ["Sent", "Delivery rate", "Failed rate", "Open rate"],
    whatsapp: ["Sent", "Delivery rate", "Read rate", "Click rate", "Reply rate", "Failed rate"],
    rcs: ["Sent", "Delivery rate", "Read rate", "Click rate", "Reply rate", "Fallback rate", "Transit rate", "Failed rate"],
};
const STATUSES = {
    sms: ["Unsent", "Sent", "Delivered", "Transit", "Failed"],
    email: ["Unsent", "Sent", "Not open", "Open", "Failed"],
    push: ["Unsent", "Sent", "Delivered", "Opened", "Failed"],
    whatsapp: ["Unsent", "Sent", "Delivered", "Read", "Failed"],
    rcs: ["Unsent", "Sent", "Delivered", "Read", "Fallback", "Failed"],
};

for (const channel of Object.keys(CHANNELS) as (keyof typeof CHANNELS)[]) {
    test(`the report of a completed ${channel} campaign has the figures of its channel`, async ({
        page, open, api, javaScriptEnabled,
    }) => {
        const [campaign] = await demonstrated(api, { kind: "messaging", type: channel, status: "completed" });
        const report = new ReportPage(page, javaScriptEnabled);
        await open(reportPath(campaign));
        await expect(page.getByRole("heading", { level: 1 })).toHaveText(campaign.name);
        await expect(page).toHaveTitle(`${campaign.name} · Reportage`);
        const head = page.getByRole("main");
        await expect(head).toContainText(campaign.sender);
        await expect(head).toContainText(`#${campaign.number}`);
        const crumbs = page.getByRole("navigation", { name: "Breadcrumb" });
        await expect(crumbs.getByRole("link")).toHaveText(["Performance Reports", "Messaging"]);
        expect((await report.labels()).slice(0, CHANNELS[channel].length)).toEqual(CHANNELS[channel]);
        if (javaScriptEnabled) await report.drawn();
        const bars = await report.rows("Messages by status");
        const names = [...new Set(bars.map(([status]) => status))].filter((status) => status !== "Queued");
        expect(names).toEqual(STATUSES[channel]);
        expect((await report.rows("Funnel"))[0][0]).toBe("Sent");
    });
}

test("known events give exact figures, everywhere on the page", async ({ page, open, api, javaScriptEnabled }) => {
    const campaign = await newsletter(api);
    const report = new ReportPage(page, javaScriptEnabled);
    await open(reportPath(campaign));
    for (const [label, value, note] of [
        ["Sent", "8", "of 10 recipients"],
        ["Delivery rate", "75.0%", "6 delivered"],
        ["Open rate", "50.0%", "3 people"],
        ["Click rate", "33.3%", "2 people"],
        ["Click-to-open", "66.7%", "of 3 people"],
        ["Bounce rate", "12.5%", "1 bounce"],
        ["Unsubscribed", "16.7%", "1 person"],
        ["Complaints", "0.0%", "0 people"],
        ["Conversions", "1", "19.99 EUR"],
    ]) {
        await expect(report.value(label), label).toHaveText(value);
        await expect(report.tile(label), label).toContainText(note);
    }
    const bars = await report.rows("Messages by status");
    const counted: Record<string, number> = {};
    for (const [status, , n] of bars) counted[status] = (counted[status] ?? 0) + Number(n);
    expect(counted).toEqual({ Unsent: 2, Sent: 1, "Not open": 3, Open: 3, Failed: 1 });
    expect(bars.map(([status, word]) => `${status} ${word}`)).toContain("Unsent SUPPRESSED");
    const funnel = await report.rows("Funnel");
    expect(funnel.map((row) => row.slice(0, 2))).toEqual([
        ["Sent", "8"], ["Delivered", "6"], ["Opened", "3"], ["Clicked", "2"],
    ]);
    expect(funnel.slice(1).map((row) => row[2])).toEqual(["75.0%", "50.0%", "66.7%"]);
    expect(funnel.slice(1).map((row) => row[3])).toEqual(["75.0%", "37.5%", "25.0%"]);
    const countries = await cells(report.breakdown("Countries"));
    expect(countries.map(([name, n]) => [name, n])).toEqual([["Spain", "2"], ["Portugal", "1"]]);
    await expect(report.breakdown("Failure reasons")).toContainText("Mailbox does not exist");
    await expect(report.breakdown("Operating systems")).toContainText("Linux");
});

test("a figure opens how it is made", async ({ page, open, api }) => {
    const report = new ReportPage(page);
    await open(reportPath(await newsletter(api)));
    await report.tile("Open rate").getByRole("button").click();
    const about = page.getByRole("dialog", { name: /Open rate/ });
    await expect(about).toBeVisible();
    const says = (term: string) => about.getByRole("term").filter({ hasText: term }).locator("xpath=following-sibling::dd[1]");
    await expect(says("Numerator")).toHaveText(/People who opened\s*3/);
    await expect(says("Denominator")).toHaveText(/Delivered\s*6/);
    await expect(says("Clock")).toContainText("Send time");
    await expect(says("Evidence")).toContainText("Human-likely");
    await expect(says("As of")).toContainText("Europe/Madrid");
    await page.keyboard.press("Escape");
    await expect(about).toBeHidden();
});

test("panels open how their figures are made", async ({ page, open, api }) => {
    const report = new ReportPage(page);
    await open(reportPath(await newsletter(api)));
    const funnel = await report.about("Funnel");
    await expect(funnel).toContainText(/Delivered ÷ sent\s*6 ÷ 8/);
    await page.keyboard.press("Escape");
    await expect(funnel).toBeHidden();
    for (const [title, text] of [
        ["Messages by status", /Unsent\s*2 of 10/], ["Countries", /Counted\s*people\s*3/], ["Counts over time", /Opens\s*4/],
    ] as const) {
        const about = await report.about(title);
        await expect(about).toContainText(text);
        await expect(about).toContainText("Europe/Madrid");
        await page.keyboard.press("Escape");
        await expect(about).toBeHidden();
    }
});

test("a granularity that the range is too long for is not offered, and its refusal says why", async ({ page, open, api, clean }) => {
    clean.expected.push(/status of 422/);
    const campaign = await newsletter(api);
    const report = new ReportPage(page);
    const long = `${reportPath(campaign)}?range=2024-01-01..2026-11-30`;
    await open(long);
    const names = report.switch("Granularity").getByRole("link");
    await expect(names).toHaveText(["Auto · Week", "Day", "Week", "Month"]);
    await expect(names.first()).toHaveAttribute("aria-current", "true");
    await page.goto(`${long}&bucket=15m&evidence=all`);
    await expect(page.getByRole("alert")).toContainText("would have more than 20000 points");
    await page.getByRole("link", { name: "Show the whole campaign" }).click();
    await expect(page).toHaveURL(/\?evidence=all$/);
    await expect(report.value("Sent")).toHaveText("8");
});

test("a chart without anything to draw says so", async ({ page, open, api, javaScriptEnabled }) => {
    const campaign = await create(api, { kind: "interactive", type: "geofence", status: "live" });
    await ingest(api, campaign, people(2, "near").map((message) => ({ kind: "sent", message })));
    const report = new ReportPage(page, javaScriptEnabled);
    await open(reportPath(campaign));
    const chart = report.chart("Interaction events");
    await expect(chart).toContainText(NOTHING);
    await expect(chart.getByRole("table")).toBeHidden();
    await expect(report.chart("Funnel")).not.toContainText(NOTHING);
    if (javaScriptEnabled) await expect(chart.getByRole("button", { name: /as PNG$/ })).toBeDisabled();
});

test("what isn't completed has a way to its details", async ({ page, open, api }) => {
    const campaign = await newsletter(api, "in_progress");
    await open(reportPath(campaign));
    await expect(page.getByRole("link", { name: "Details", exact: true })).toHaveAttribute("href", `/campaigns/${campaign.id}/details`);
    await open(reportPath(await newsletter(api)));
    await expect(page.getByRole("link", { name: "Details", exact: true })).toHaveCount(0);
});

test("clock, evidence and granularity are links that change the figures", async ({ page, open, api, javaScriptEnabled }) => {
    const report = new ReportPage(page, javaScriptEnabled);
    await open(reportPath(await newsletter(api)));
    await report.switch("Evidence").getByRole("link", { name: "All events" }).click();
    await expect(page).toHaveURL(/evidence=all/);
    await expect(report.value("Open rate")).toHaveText("66.7%");
    await expect(report.switch("Evidence").getByRole("link", { name: "All events" })).toHaveAttribute("aria-current", "true");
    await report.switch("Evidence").getByRole("link", { name: "Human-likely" }).click();
    await expect(report.value("Open rate")).toHaveText("50.0%");

    const time = page.getByRole("figure").filter({ has: report.switch("Granularity") });
    await report.switch("Clock").getByRole("link", { name: "Send time" }).click();
    await expect(page).toHaveURL(/clock=send/);
    await expect(time).toContainText("of sending, Europe/Madrid");
    await report.switch("Clock").getByRole("link", { name: "Event time" }).click();
    await expect(time).not.toContainText("of sending");
    for (const [name, unit, address] of [["15 min", "per 15 minutes", "bucket=15m"], ["Day", "per day", "bucket=day"], ["Hour", "per hour", "bucket=hour"]]) {
        await report.switch("Granularity").getByRole("link", { name, exact: true }).click();
        await expect(page).toHaveURL(new RegExp(address));
        await expect(time).toContainText(unit);
    }
    await page.reload();
    await expect(time).toContainText("per hour");
    // Who goes back before a page is taken over is a case of its own.
    if (javaScriptEnabled) await hydrated(page);
    await page.goBack();
    await expect(time).toContainText("per day");
});

test("links are tracked only where there are links", async ({ page, open, api, javaScriptEnabled }) => {
    const report = new ReportPage(page, javaScriptEnabled);
    await open(reportPath(await newsletter(api)));
    await expect(report.tabs.getByRole("link")).toHaveText([
        "Performance", "Campaign Overview", "Link Tracking", "Recipient Search",
    ]);
    await report.tab("Link Tracking").click();
    await expect(page).toHaveURL(/tab=links/);
    const links = await cells(page.getByRole("region", { name: "Links" }).getByRole("table").first());
    expect(links.map(([link, total, unique]) => [link.replace(/^.*\//, ""), total, unique])).toEqual([
        ["coats", "2", "1"], ["boots", "1", "1"],
    ]);
    const [without] = (await demonstrated(api, { kind: "messaging", type: "push", status: "completed" })).slice(-1);
    await open(reportPath(without));
    await expect(report.tabs.getByRole("link")).toHaveText(["Performance", "Campaign Overview", "Recipient Search"]);
});

test("the overview says what the campaign is", async ({ page, open, api }) => {
    const campaign = await newsletter(api);
    const report = new ReportPage(page);
    await open(reportPath(campaign));
    await report.tab("Campaign Overview").click();
    await expect(page).toHaveURL(/tab=overview/);
    const says = (term: string) => page.getByRole("main").locator("dt", { hasText: term }).first().locator("xpath=following-sibling::dd[1]");
    await expect(says("Sender")).toHaveText("news@aurora.example");
    await expect(says("Number")).toHaveText(`#${campaign.number}`);
    await expect(says("Recipients")).toHaveText("10");
    await expect(says("Created")).toHaveText("11 Nov 2026, 08:00");
    await expect(says("Time zone")).toHaveText("Europe/Madrid");
});

test("recipients are found by their beginning and by status", async ({ page, open, api }) => {
    const report = new ReportPage(page);
    await open(reportPath(await newsletter(api)));
    await report.tab("Recipient Search").click();
    await expect(page).toHaveURL(/tab=recipients/);
    const rows = page.getByRole("region", { name: "Results" }).last().getByRole("table").locator("tbody tr");
    await expect(rows).toHaveCount(10);
    const form = page.getByRole("main").getByRole("search");
    await form.getByLabel("Recipient").fill(people(10)[6]);
    await form.getByRole("button", { name: "Search" }).click();
    await expect(page).toHaveURL(/q=reader6/);
    await expect(rows).toHaveCount(1);
    await expect(rows.first()).toContainText("Failed");
    await expect(rows.first()).toContainText("550 5.1.1");
    await form.getByLabel("Recipient").fill("");
    await form.getByLabel("Status").selectOption({ label: "Unsent" });
    await form.getByRole("button", { name: "Search" }).click();
    await expect(rows).toHaveCount(2);
    await form.getByLabel("Recipient").fill("nobody@");
    await form.getByRole("button", { name: "Search" }).click();
    await expect(page.getByText("No recipient matches.")).toBeVisible();
});

test("a range leaves out what lies outside, and says when nothing is left", async ({ page, open, api }) => {
    const campaign = await newsletter(api);
    const report = new ReportPage(page);
    await open(`${reportPath(campaign)}?range=2026-11-11..2026-11-11`);
    await expect(report.value("Sent")).toHaveText("8");
    await expect(page.getByRole("button", { name: /^Show/ }).first()).toContainText("11 Nov 2026");
    await open(`${reportPath(campaign)}?range=2026-11-01..2026-11-10`);
    await expect(page.getByText("Nothing happened in this range")).toBeVisible();
    await page.getByRole("link", { name: "Show the whole campaign" }).click();
    await expect(report.value("Sent")).toHaveText("8");
});

test("a campaign in progress has an interim report", async ({ page, open, api }) => {
    const report = new ReportPage(page);
    await open(reportPath(await newsletter(api, "in_progress")));
    await expect(page.getByRole("status").filter({ hasText: "Interim report" })).toBeVisible();
    await expect(page.getByRole("heading", { level: 1 }).locator("xpath=..")).toContainText("In Progress");
    await expect(report.value("Sent")).toHaveText("8");
});

test("before the first event the report says what it waits for", async ({ page, open, api }) => {
    const campaign = await create(api, { status: "scheduled", scheduled_at: "2027-05-01T10:00:00Z" });
    await open(reportPath(campaign));
    await expect(page.getByText("Nothing to report yet")).toBeVisible();
    await expect(page.getByRole("link", { name: "Open Details" })).toHaveAttribute("href", `/campaigns/${campaign.id}/details`);
});

test("a report that isn't there says so", async ({ page, clean }) => {
    clean.expected.push(/status of 404/);
    await page.goto("/reports/messaging/nothing-has-this-id");
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("There is no such campaign");
});

test("known events give exact figures of an interactive campaign", async ({ page, open, api, javaScriptEnabled }) => {
    const campaign = await raffle(api);
    const report = new ReportPage(page, javaScriptEnabled);
    await open(reportPath(campaign));
    await expect(page.getByRole("status").filter({ hasText: "Interim report" })).toBeVisible();
    await expect(report.value("Visited")).toHaveText("4");
    await expect(report.tile("Visited")).toContainText("5 in total");
    await expect(report.value("Played")).toHaveText("3");
    await expect(report.value("Completed")).toHaveText("2");
    const funnel = await report.rows("Funnel");
    expect(funnel.map(([step, n]) => [step, n])).toEqual([
        ["Visited", "4"], ["Played", "3"], ["Completed", "2"], ["Prize", "1"],
    ]);
    const events = await report.rows("Interaction events");
    expect(events.map((row) => row.slice(0, 3))).toContainEqual(["Visits", "5", "4"]);
    await report.tab("Participants").click();
    await expect(page).toHaveURL(/tab=recipients/);
    await expect(page.getByText("player0@example.org")).toBeVisible();
});
