import { create, createPaused, ingest, uniqueWord } from "../support/campaigns";
import { clockTime } from "../support/dates";
import { expect, test } from "../support/fixtures";
import { ListPage } from "../support/pages/list";
import { stateFile } from "../support/state";

test("two tabs, each with how many campaigns it has", async ({ page, open }) => {
    const list = new ListPage(page);
    await open("/reports/messaging");
    const [messaging, interactive] = [
        await list.tabCount("Messaging"),
        await list.tabCount("Interactive Campaigns"),
    ];
    expect(messaging).toBeGreaterThan(100);
    expect(interactive).toBeGreaterThan(30);
    await expect(list.tab("Messaging")).toHaveAttribute("aria-current", "page");
    await list.tab("Interactive Campaigns").click();
    await list.shows(/\/reports\/interactive/);
    await expect(list.tab("Interactive Campaigns")).toHaveAttribute("aria-current", "page");
    await expect(list.tab("Messaging")).not.toHaveAttribute("aria-current", "page");
    // Counts are of all campaigns, whatever the filters.
    expect(await list.tabCount("Messaging")).toBeGreaterThanOrEqual(messaging);
});

test("three filters and the search combine, stand in the address, and survive reload and back", async ({ page, open }) => {
    const list = new ListPage(page);
    await open("/reports/messaging?range=all");
    await list.choose("Campaign type", "Email");
    await list.shows(/type=email/);
    await list.choose("Status", "Completed");
    await list.shows(/range=all&type=email&status=completed/);
    await expect(list.cards.first()).toBeVisible();
    for (const card of await list.cards.all()) {
        await expect(card).toContainText("Email");
        await expect(card).toContainText("Completed");
    }
    await list.search.fill("sale");
    await list.search.press("Enter");
    await list.shows(/range=all&type=email&status=completed&q=sale/);
    await expect(page.getByRole("heading", { level: 2, name: /Midseason sale/ }).first()).toBeVisible();
    await expect(list.cards.filter({ hasNotText: /sale/i })).toHaveCount(0);
    const names = await list.cards.getByRole("heading").allTextContents();

    await page.reload();
    await expect(list.cards.getByRole("heading")).toHaveText(names);
    await expect(list.search).toHaveValue("sale");
    await expect(list.menuButton("Campaign type")).toContainText("Email");
    await expect(list.menuButton("Status")).toContainText("Completed");

    await page.getByRole("link", { name: "Clear" }).click();
    await list.shows(/\/reports\/messaging$/);
    await page.goBack();
    await list.shows(/q=sale/);
    await expect(list.cards.getByRole("heading")).toHaveText(names);
    await expect(list.menuButton("Status")).toContainText("Completed");
});

test("a name or a number finds a campaign", async ({ page, open, api }) => {
    const word = uniqueWord();
    const campaign = await create(api, { name: `Kites of ${word}` });
    const list = new ListPage(page);
    await open("/reports/messaging");
    for (const text of [word.toUpperCase(), `#${campaign.number}`]) {
        await list.search.fill(text);
        await list.search.press("Enter");
        await list.shows(new RegExp(`q=${encodeURIComponent(text)}$`));
        await expect(list.cards).toHaveCount(1);
        await expect(list.card(campaign.name).root).toContainText(`#${campaign.number}`);
    }
});

test("a card says who, how it stands, and what came of it", async ({ page, open, api }) => {
    const campaign = await create(api, { type: "email", sender: "news@aurora.example", status: "completed" });
    const people = ["ana", "bo", "cy", "di"].map((name) => `${name}@example.org`);
    await ingest(api, campaign, [
        ...people.map((message) => ({ kind: "sent", message })),
        ...people.slice(0, 2).map((message) => ({ kind: "delivered", message })),
        { kind: "opened", message: people[0], user_agent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0" },
    ]);
    const list = new ListPage(page);
    await open(`/reports/messaging?q=${encodeURIComponent(campaign.name)}`);
    const card = list.card(campaign.name);
    await expect(card.root).toContainText("news@aurora.example");
    await expect(card.root).toContainText("Email");
    await expect(card.root).toContainText(`#${campaign.number}`);
    await expect(card.root).toContainText("Completed");
    await expect(card.root).toContainText(clockTime(campaign.created_at));
    await expect(card.figure("Sent")).toHaveText("4");
    await expect(card.figure("Delivered")).toHaveText("50.0%");
    await expect(card.figure("Opened")).toHaveText("50.0%");
    await expect(card.figure("Clicked")).toHaveText("0.0%");
    await card.action("Report").click();
    await expect(page).toHaveURL(new RegExp(`/reports/messaging/${campaign.id}`));
    await expect(page.getByRole("heading", { level: 1, name: campaign.name })).toBeVisible();
});

for (const [kind, type, status, label, actions] of [
    ["messaging", "rcs", "completed", "Completed", ["Report"]],
    ["messaging", "sms", "in_progress", "In Progress", ["Details"]],
    ["messaging", "push", "scheduled", "Scheduled", ["Details"]],
    ["messaging", "whatsapp", "pending", "Pending", ["Details"]],
    ["interactive", "raffle", "completed", "Completed", ["Report"]],
    ["interactive", "e_swipe", "live", "Live", ["Report", "Details"]],
    ["interactive", "poll", "processing", "Processing", ["Details"]],
    ["interactive", "geofence", "scheduled", "Scheduled", ["Details"]],
    ["interactive", "chatbot", "pending", "Pending", ["Details"]],
    ["interactive", "trivia", "draft", "Draft", ["Details"]],
] as const) {
    test(`a ${label} ${kind} campaign offers ${actions.join(" and ")}`, async ({ page, open, api }) => {
        const scheduled_at = status === "scheduled" ? "2027-05-01T10:00:00Z" : undefined;
        const isPaused = kind === "interactive" && status === "pending";
        const campaign = isPaused ? await createPaused(api, { type }) : await create(api, { kind, type, status, scheduled_at });
        const list = new ListPage(page);
        await open(`/reports/${kind}?q=${encodeURIComponent(campaign.name)}`);
        const card = list.card(campaign.name);
        await expect(card.status).toHaveText(label);
        const offered = card.root.getByRole("link", { name: /^(Report|Interim report|Details)/ });
        await expect(offered).toHaveText([...actions]);
        const places = { Report: `/reports/${kind}/${campaign.id}`, Details: `/campaigns/${campaign.id}/details` };
        for (const action of actions) await expect(card.action(action)).toHaveAttribute("href", places[action]);
    });
}

test("menus have the types and the statuses of their tab, with counts", async ({ page, open }) => {
    const list = new ListPage(page);
    const names = async (label: string) => {
        const choices = await list.choices(label);
        const all = await choices.allTextContents();
        await page.keyboard.press("Escape");
        return all;
    };
    const bare = (texts: string[]) => texts.map((text) => text.replace(/[\d,]+$/, ""));
    const counts = (texts: string[]) => texts.map((text) => Number(text.replace(/^.*?([\d,]+)$/, "$1").replaceAll(",", "")));
    await open("/reports/messaging?range=all");
    const types = await names("Campaign type");
    expect(bare(types)).toEqual(["All", "SMS", "Email", "Push", "WhatsApp", "RCS"]);
    const [all, ...each] = counts(types);
    expect(each.reduce((sum, n) => sum + n, 0)).toBe(all);
    expect(bare(await names("Status"))).toEqual(["All", "Completed", "In Progress", "Scheduled", "Pending"]);

    await open("/reports/interactive?range=all");
    expect(bare(await names("Status"))).toEqual([
        "All", "Completed", "Live", "Processing", "Scheduled", "Pending", "Draft",
    ]);
    expect(bare(await names("Campaign type"))).toHaveLength(13);
});

test("what doesn't fit is said, with the ways out", async ({ page, open, accessible }) => {
    const list = new ListPage(page);
    await open("/reports/messaging?range=today&q=nothing-is-called-like-this");
    await expect(page.getByText("No campaigns here")).toBeVisible();
    await expect(list.cards).toHaveCount(0);
    await accessible();
    await page.getByRole("link", { name: "Show all dates" }).click();
    await list.shows(/range=all/);
    await expect(page.getByText("No campaigns here")).toBeVisible();
    await page.getByRole("link", { name: "Clear filters" }).click();
    await list.shows(/\/reports\/messaging$/);
    await expect(list.cards.first()).toBeVisible();
});

test("strange names stay text", async ({ page, open }) => {
    await open("/reports/messaging?range=all&q=script");
    await expect(page.getByRole("heading", { name: `<b>Rebajas</b> & "más" <script>alert('no')</script>` })).toBeVisible();
});

test.describe("a workspace in which nothing has happened", () => {
    test.use({ storageState: async ({}, use) => use(stateFile("newcomer.json")) });
    test("says what will appear and offers the first step", async ({ page, open }) => {
        await open("/reports/messaging");
        await expect(page.getByText("No messaging campaigns yet")).toBeVisible();
        await expect(page.getByRole("main").getByRole("link", { name: "New campaign" }).first()).toBeVisible();
        await open("/reports/interactive");
        await expect(page.getByText("No interactive campaigns yet")).toBeVisible();
    });
});
