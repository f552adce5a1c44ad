import { expect, type Locator, type Page } from "@playwright/test";

/** One tab of Performance Reports. */
export class ListPage {
    readonly frame: Locator;
    readonly list: Locator;
    readonly cards: Locator;
    readonly tabs: Locator;
    readonly search: Locator;

    constructor(readonly page: Page) {
        this.frame = page.locator(".list-frame");
        this.list = page.getByRole("list", { name: "Campaigns" });
        this.cards = this.list.locator("> li");
        this.tabs = page.getByRole("navigation", { name: "Kinds of campaigns" });
        this.search = page.getByRole("searchbox", { name: "Search name or number" });
    }

    /**
     * Waits until the address is this one and the list is the one of the address. What is read from the page at once, without
     * an expectation that waits, is read after this: until the answer comes, the cards are those of the filters before.
     */
    async shows(address: RegExp) {
        await expect(this.page).toHaveURL(address);
        const isShown = async () => {
            const of = await this.frame.evaluateAll((frames) => frames.map((frame) => (frame as HTMLElement).dataset.of ?? ""));
            return of.length === 1 && same(of[0], this.page.url());
        };
        await expect.poll(isShown, { message: "the list of the address" }).toBe(true);
        await expect(this.frame).toHaveAttribute("aria-busy", "false");
    }

    card(name: string): Card {
        const heading = this.page.getByRole("heading", { name, exact: true });
        return new Card(this.cards.filter({ has: heading }));
    }

    tab(name: string) {
        return this.tabs.getByRole("link", { name: new RegExp(`^${name}`) });
    }

    /** How many campaigns a tab says it has. */
    async tabCount(name: string) {
        const text = (await this.tab(name).textContent()) ?? "";
        return Number(text.replace(name, "").replaceAll(/\D/g, ""));
    }

    menuButton(label: string) {
        return this.page.getByRole("button", { name: new RegExp(`^${label}`) });
    }

    menu(label: string) {
        return this.page.getByRole("menu", { name: label });
    }

    /** Opens a menu and gives its choices. */
    async choices(label: string) {
        await this.menuButton(label).click();
        await expect(this.menu(label)).toBeVisible();
        return this.menu(label).getByRole("menuitemradio");
    }

    /** Opens a menu and follows a choice. */
    async choose(label: string, choice: string) {
        await (await this.choices(label)).filter({ hasText: new RegExp(`^${choice}`) }).click();
    }
}

/** One campaign in a list. */
export class Card {
    constructor(readonly root: Locator) {}

    get status() {
        return this.root.locator(".pill");
    }

    /** Value of a figure. */
    figure(label: string) {
        return definition(this.root, label);
    }

    action(label: string) {
        return this.root.getByRole("link", { name: new RegExp(`^${label}`) });
    }
}

/** Whether two addresses ask for the same list, on whichever page of it. */
function same(one: string, other: string) {
    const [a, b] = [one, other].map((address) => {
        const { pathname, searchParams } = new URL(address, "http://localhost");
        searchParams.delete("cursor");
        searchParams.sort();
        return `${pathname}?${searchParams}`;
    });
    return a === b;
}

/** What a description list says about a term. */
export function definition(root: Locator, term: string) {
    return root.locator("dt").filter({ hasText: exactly(term) }).locator("xpath=following-sibling::dd[1]");
}

/** Matches a whole text. */
export const exactly = (text: string) => new RegExp(`^\\s*${text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")}\\s*$`);
