import type { Page } from "@playwright/test";
import { create, find, ingest, patch, uniqueWord } from "../support/campaigns";
import { expect, test } from "../support/fixtures";
import { ListPage } from "../support/pages/list";
import { ADMIN } from "../support/people.mjs";
import { NOBODY } from "../support/state";

const scrolled = (page: Page) => page.evaluate(() => window.scrollY);

/** Wheels down until at least so many cards are there. */
async function load(page: Page, list: ListPage, cards: number) {
    await expect(async () => {
        await page.mouse.wheel(0, 4_000);
        expect(await list.cards.count()).toBeGreaterThanOrEqual(cards);
    }).toPass();
}

/** Makes the page believe that its tab was hidden, or is shown again. */
const showTab = (page: Page, state: "hidden" | "visible") =>
    page.evaluate((state) => {
        Object.defineProperty(document, "visibilityState", { configurable: true, get: () => state });
        document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
    }, state);

test("a deletion elsewhere leaves the place, the keyboard and the loaded pages", async ({ page, open, api }) => {
    const list = new ListPage(page);
    const doomed = await create(api);
    await open("/reports/messaging?range=all");
    await load(page, list, 100);
    const link = list.cards.nth(80).getByRole("heading").getByRole("link");
    await link.focus();
    const [name, handle] = [await link.textContent(), await link.elementHandle()];

    const asked = page.waitForResponse((answer) => answer.url().includes("/ui/list_campaigns"));
    expect((await api.delete(`/api/v1/campaigns/${doomed.id}`)).status()).toBeLessThan(300);
    await asked;
    await expect(list.card(doomed.name).root).toHaveCount(0);
    expect(await handle!.evaluate((element) => element.isConnected), "the link is the same element").toBe(true);
    await expect(page.locator(":focus")).toHaveText(name!);
    await expect(page.locator(":focus")).toBeInViewport();
    expect(await list.cards.count()).toBeGreaterThanOrEqual(99);
});

test("an empty list comes alive with its first campaign", async ({ page, open, api }) => {
    const word = uniqueWord();
    const list = new ListPage(page);
    await open(`/reports/messaging?q=${word}`);
    await expect(page.getByText("No campaigns here")).toBeVisible();
    const first = await create(api, { name: `First ${word}` });
    await expect(list.card(first.name).root).toBeVisible();
});

test("counts follow what changes, and a list whose cards left it offers to be refreshed", async ({ page, open, api }) => {
    const word = uniqueWord();
    const [stays, leaves] = [
        await create(api, { name: `Stays ${word}`, kind: "interactive", type: "raffle", status: "live" }),
        await create(api, { name: `Leaves ${word}`, kind: "interactive", type: "raffle", status: "live" }),
    ];
    const list = new ListPage(page);
    await open(`/reports/interactive?status=live&q=${word}`);
    await expect(list.cards).toHaveCount(2);
    await patch(api, leaves, { status: "pending" });
    const refresh = page.getByRole("button", { name: "The list has changed. Refresh" });
    await expect(refresh).toBeVisible();
    await expect(list.card(leaves.name).status, "it stays until one says so").toHaveText("Pending");
    const choices = await list.choices("Status");
    await expect(choices.filter({ hasText: /^Live/ })).toHaveText(/^Live\s*1$/);
    await expect(choices.filter({ hasText: /^Pending/ })).toHaveText(/^Pending\s*1$/);
    await page.keyboard.press("Escape");
    await refresh.click();
    await expect(list.cards).toHaveCount(1);
    await expect(list.card(stays.name).root).toBeVisible();
    await expect(refresh).toBeHidden();
});

test("the list says as of when it is from the start", async ({ page, open }) => {
    await open("/reports/messaging?range=all");
    await expect(page.getByText(/campaigns · updated \d\d:\d\d:\d\d/)).toBeVisible();
});

test("a hidden tab lets its stream go and takes it up where it was", async ({ page, open, api }) => {
    const campaign = await create(api, { status: "in_progress" });
    const list = new ListPage(page);
    const first = page.waitForRequest(/\/live\?/);
    await open(`/reports/messaging?q=${encodeURIComponent(campaign.name)}`);
    await first;
    const card = list.card(campaign.name);
    await ingest(api, campaign, [{ kind: "sent", message: "a" }]);
    await expect(card.figure("Submitted")).toHaveText("1");
    await showTab(page, "hidden");
    await ingest(api, campaign, [{ kind: "sent", message: "b" }]);
    const again = page.waitForRequest(/\/live\?.*last_event_id=\d+/);
    await showTab(page, "visible");
    await again;
    await expect(card.figure("Submitted")).toHaveText("2");
});

test("back from a campaign one finds the pages that were loaded, and one's place", async ({ page, open, api }) => {
    expect((await find(api, { kind: "messaging" })).length).toBeGreaterThan(100);
    const list = new ListPage(page);
    await open("/reports/messaging?range=all");
    await load(page, list, 100);
    const link = list.cards.nth(90).getByRole("heading").getByRole("link");
    const [name, href] = [await link.textContent(), await link.getAttribute("href")];
    await link.scrollIntoViewIfNeeded();
    expect(await scrolled(page)).toBeGreaterThan(2_000);
    await link.click();
    await expect(page.getByRole("heading", { level: 1, name: name!, exact: true })).toBeVisible();
    await page.goBack();
    await expect(list.list.locator(`h2 a[href="${href}"]`)).toBeInViewport();
    expect(await list.cards.count()).toBeGreaterThanOrEqual(100);
    expect(await scrolled(page)).toBeGreaterThan(2_000);
});

test("links back to the list keep its filters", async ({ page, open, api }) => {
    const campaign = await create(api, { status: "in_progress" });
    const list = new ListPage(page);
    const filters = `?range=all&type=sms&q=${encodeURIComponent(campaign.name)}`;
    const kept = /\/reports\/messaging\?range=all&type=sms&q=/;
    await open(`/reports/messaging${filters}`);
    await list.card(campaign.name).action("Details").click();
    await page.getByRole("navigation", { name: "Breadcrumb" }).getByRole("link", { name: "Messaging" }).click();
    await expect(page).toHaveURL(kept);
    await list.card(campaign.name).action("Details").click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(campaign.name);
    await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Performance Reports" }).click();
    await expect(page).toHaveURL(kept);
});

test("one step back from a search is the list before it", async ({ page, open, api }) => {
    const campaign = await create(api, { name: `Sought ${uniqueWord()}` });
    const list = new ListPage(page);
    await open("/reports/messaging");
    await list.search.pressSequentially(campaign.name, { delay: 60 });
    await expect(list.cards).toHaveCount(1);
    await list.search.blur();
    await page.goBack();
    await expect(page).toHaveURL(/\/reports\/messaging$/);
    await expect(list.cards).not.toHaveCount(1);
    await expect(list.search).toHaveValue("");
});

test("a choice of a menu is taken with Space", async ({ page, open }) => {
    const list = new ListPage(page);
    await open("/reports/interactive?range=all");
    await list.menuButton("Status").focus();
    await page.keyboard.press("Enter");
    // The menu takes the keyboard when it has opened.
    await expect(list.menu("Status").locator(":focus")).toHaveCount(1);
    await page.keyboard.press("l");
    await expect(list.menu("Status").getByRole("menuitemradio", { name: /^Live/ })).toBeFocused();
    await page.keyboard.press("Space");
    await expect(page).toHaveURL(/status=live/);
    await expect(list.menu("Status")).toBeHidden();
});

test("arrows move along the tabs", async ({ page, open }) => {
    const list = new ListPage(page);
    await open("/reports/messaging");
    const [messaging, interactive] = [list.tab("Messaging"), list.tab("Interactive Campaigns")];
    await messaging.focus();
    await page.keyboard.press("ArrowRight");
    await expect(interactive).toBeFocused();
    await page.keyboard.press("ArrowRight");
    await expect(messaging).toBeFocused();
    await page.keyboard.press("End");
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(/\/reports\/interactive/);
});

test.describe("someone whose session ends", () => {
    test.use({ storageState: NOBODY });
    test("reads on, is told, and comes back to the same list", async ({ page, open, clean, context }) => {
        clean.expected.push(/status of 401/);
        const signIn = async () => {
            await page.getByLabel("Email").fill(ADMIN.email);
            await page.getByLabel("Password").fill(ADMIN.password);
            await page.getByRole("button", { name: "Sign in" }).click();
        };
        await page.goto("/sign-in");
        await signIn();
        const list = new ListPage(page);
        await open("/reports/messaging?range=all&status=completed");
        // Signed out in another tab.
        const other = await context.newPage();
        await other.goto("/settings");
        await other.getByRole("button", { name: /^Account of/ }).click();
        await other.getByRole("button", { name: "Sign out", exact: true }).click();
        await expect(other).toHaveURL(/\/sign-in/);
        await other.close();

        await showTab(page, "hidden");
        await showTab(page, "visible");
        const notice = page.getByRole("alert").filter({ hasText: "Your session ended" });
        await expect(notice).toBeVisible();
        await expect(list.cards.first(), "what was read stays").toBeVisible();
        await notice.getByRole("link", { name: "Sign in again" }).click();
        await expect(page).toHaveURL(/\/sign-in\?next=/);
        await signIn();
        await expect(page).toHaveURL(/\/reports\/messaging\?range=all&status=completed$/);
    });
});
