import { expect, type Locator, type Page } from "@playwright/test";

/** One tab of Performance Reports. */
export class ListPage {
    readonly list: Locator;
    readonly cards: Locator;
    readonly tabs: Locator;
    readonly search: Locator;

    constructor(readonly page: Page) {
        this.list = page.getByRole("list", { name: "Campaigns" });
        this.cards = this.list.locator("> li");
        this.tabs = page.getByRole("navigation", { name: "Kinds of campaigns" });
        this.search = page.getByRole("searchbox", { name: "Search name or number" });
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

/** What a description list says about a term. */
export function definition(root: Locator, term: string) {
    return root.locator("dt").filter({ hasText: exactly(term) }).locator("xpath=following-sibling::dd[1]");
}

/** Matches a whole text. */
export const exactly = (text: string) => new RegExp(`^\\s*${text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")}\\s*$`);
