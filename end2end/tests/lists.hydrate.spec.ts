import { create, find, ingest, patch, uniqueWord } from "../support/campaigns";
import { expect, test } from "../support/fixtures";
import { ListPage } from "../support/pages/list";

test("the end of the list brings more before one reaches it", async ({ page, open, api }) => {
    const list = new ListPage(page);
    const all = (await find(api, { kind: "messaging" })).length;
    expect(all).toBeGreaterThan(100);
    await open("/reports/messaging?range=all");
    await expect(async () => {
        await page.mouse.wheel(0, 4_000);
        expect(await list.cards.count()).toBeGreaterThanOrEqual(Math.min(all, 120));
    }).toPass();
    const names = await list.cards.locator("h2 a").evaluateAll((links) => links.map((link) => link.getAttribute("href")));
    expect(new Set(names).size, "no campaign twice").toBe(names.length);
});

test("typing searches, without Enter and without leaving the field", async ({ page, open, api }) => {
    const campaign = await create(api, { name: `Typed ${uniqueWord()}` });
    const list = new ListPage(page);
    await open("/reports/messaging");
    await list.search.pressSequentially(campaign.name);
    await list.shows(/q=Typed/);
    await expect(list.cards).toHaveCount(1);
    await expect(list.search).toBeFocused();
    await list.search.fill("");
    await list.shows(/\/reports\/messaging$/);
    await expect(list.cards).not.toHaveCount(1);
});

test("a menu is moved in by keys", async ({ page, open, accessible }) => {
    const list = new ListPage(page);
    await open("/reports/interactive?range=all&status=live");
    const button = list.menuButton("Status");
    await button.focus();
    await page.keyboard.press("Enter");
    const menu = list.menu("Status");
    const item = (name: string) => menu.getByRole("menuitemradio", { name: new RegExp(`^${name}`) });
    await expect(item("Live")).toBeFocused();
    await expect(item("Live")).toHaveAttribute("aria-checked", "true");
    await expect(button).toHaveAttribute("aria-expanded", "true");
    await accessible();
    await page.keyboard.press("ArrowDown");
    await expect(item("Processing")).toBeFocused();
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("ArrowUp");
    await expect(item("Completed")).toBeFocused();
    await page.keyboard.press("End");
    await expect(item("Draft")).toBeFocused();
    await page.keyboard.press("ArrowDown");
    await expect(item("All")).toBeFocused();
    await page.keyboard.press("p");
    await expect(item("Processing")).toBeFocused();
    await page.keyboard.press("p");
    await expect(item("Pending")).toBeFocused();
    await page.keyboard.press("Home");
    await expect(item("All")).toBeFocused();
    await page.keyboard.press("Escape");
    await expect(menu).toBeHidden();
    await expect(button).toBeFocused();
    await expect(button).toHaveAttribute("aria-expanded", "false");
    await page.keyboard.press("Enter");
    await expect(item("Live")).toBeFocused();
    await page.keyboard.press("d");
    await expect(item("Draft")).toBeFocused();
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(/status=draft/);
    await expect(button).toContainText("Draft");
});

test("each tab keeps its filters while one looks at the other", async ({ page, open }) => {
    const list = new ListPage(page);
    await open("/reports/messaging?range=all&status=completed");
    await list.tab("Interactive Campaigns").click();
    await expect(page).toHaveURL(/\/reports\/interactive$/);
    await list.tab("Messaging").click();
    await expect(page).toHaveURL(/\/reports\/messaging\?range=all&status=completed/);
});

test("a list that can't be read says so and can be asked again", async ({ page, open, clean, accessible }) => {
    clean.expected.push(/Failed to load resource/, /500/);
    const list = new ListPage(page);
    await open("/reports/messaging");
    await page.route("**/ui/**", (route) => route.fulfill({ status: 500, body: "" }));
    await list.choose("Status", "Completed");
    const alert = page.getByRole("alert").filter({ hasText: "could not be read" });
    await expect(alert).toBeVisible();
    await accessible();
    await page.unroute("**/ui/**");
    await alert.getByRole("link", { name: "Try again" }).click();
    await expect(alert).toBeHidden();
    await expect(list.cards.first()).toBeVisible();
});

test("cards move within a second of the event, and nothing else does", async ({ page, open, api }) => {
    const word = uniqueWord();
    const campaigns = [];
    for (const n of Array.from({ length: 12 }, (_, n) => n)) {
        campaigns.push(await create(api, { name: `Live ${word} ${n}`, type: "sms", status: "in_progress" }));
    }
    const watched = campaigns[3];
    const list = new ListPage(page);
    await open(`/reports/messaging?q=${word}`);
    const card = list.card(watched.name);
    await expect(card.figure("Submitted")).toHaveText("0");
    await card.root.scrollIntoViewIfNeeded();
    await page.evaluate(() => window.scrollTo({ top: 120, behavior: "instant" }));
    const scrolled = () => page.evaluate(() => window.scrollY);
    await expect.poll(scrolled).toBeGreaterThan(0);
    const [before, handle] = [await scrolled(), await card.root.elementHandle()];

    await ingest(api, watched, ["a", "b", "c"].map((message) => ({ kind: "sent", message })));
    await expect(card.figure("Submitted")).toHaveText("3", { timeout: 1_000 });
    await ingest(api, watched, [{ kind: "delivered", message: "a" }]);
    await expect(card.figure("Delivered")).toHaveText("33.3%", { timeout: 1_000 });
    await patch(api, watched, { status: "completed" });
    await expect(card.status).toHaveText("Completed", { timeout: 1_000 });
    await expect(card.action("Report")).toBeVisible();

    expect(await scrolled()).toBe(before);
    expect(await handle!.evaluate((element) => element.isConnected), "the card is the same element").toBe(true);
    await expect(page.getByText(/updated \d\d:\d\d:\d\d/)).toBeVisible();
});

test("a new campaign is announced, not pushed into what one reads", async ({ page, open, api }) => {
    const word = uniqueWord();
    await create(api, { name: `First ${word}` });
    const list = new ListPage(page);
    await open(`/reports/messaging?q=${word}`);
    await expect(list.cards).toHaveCount(1);
    const second = await create(api, { name: `Second ${word}` });
    const show = page.getByRole("button", { name: "Show 1 new campaign" });
    await expect(show).toBeVisible();
    await expect(list.cards).toHaveCount(1);
    await show.click();
    await expect(list.card(second.name).root).toBeVisible();
    await expect(list.cards).toHaveCount(2);
    await expect(show).toBeHidden();
});

test("a live campaign can be paused from its card, after one question", async ({ page, open, api }) => {
    const campaign = await create(api, { kind: "interactive", type: "raffle", status: "live" });
    const list = new ListPage(page);
    await open(`/reports/interactive?q=${encodeURIComponent(campaign.name)}`);
    const card = list.card(campaign.name);
    await card.root.getByRole("button", { name: /^Pause/ }).click();
    const dialog = page.getByRole("dialog", { name: /Pause/ });
    await expect(dialog).toBeVisible();
    await dialog.getByRole("button", { name: "Keep it live" }).click();
    await expect(dialog).toBeHidden();
    await expect(card.status).toHaveText("Live");
    await card.root.getByRole("button", { name: /^Pause/ }).click();
    await dialog.getByRole("button", { name: "Pause" }).click();
    await expect(card.status).toHaveText("Pending");
    const now = await (await api.get(`/api/v1/campaigns/${campaign.id}`)).json();
    expect(now.status).toBe("pending");
});
