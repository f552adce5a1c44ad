import { expect, type Locator, type Page } from "@playwright/test";
import { definition } from "./list";

/** Steps of making a campaign. */
export type Step = "Detail" | "Template" | "Personalize" | "Recipients" | "Message" | "Summary";

/** The steps of a messaging campaign. */
export class Editor {
    readonly steps: Locator;
    readonly people: Locator;
    readonly ready: Locator;
    readonly obstacles: Locator;
    readonly sendNow: Locator;

    constructor(
        readonly page: Page,
        readonly hasScript = true,
    ) {
        this.steps = page.getByRole("navigation", { name: "Steps" });
        this.people = page.getByRole("region", { name: "People", exact: true });
        this.ready = page.getByText("Nothing stands in the way: it can be sent.");
        this.obstacles = page.locator(".problems");
        this.sendNow = page.getByRole("button", { name: "Send now" });
    }

    /** Makes a campaign that is sent from here; its first step is open afterwards. Gives its id. */
    async start(open: (path: string) => Promise<void>, name: string, type: string): Promise<string> {
        await open("/campaigns/new?kind=messaging");
        await this.page.getByRole("textbox", { name: "Name", exact: true }).fill(name);
        await this.page.getByLabel("Type").selectOption({ label: type });
        await this.page.getByRole("button", { name: "Create campaign" }).click();
        await this.at("Detail");
        return this.id();
    }

    /** Id of the campaign that is open. */
    id() {
        const [, id] = new URL(this.page.url()).pathname.match(/^\/campaigns\/([^/]+)\//)!;
        return id;
    }

    /** A step is open. */
    async at(step: Step) {
        await expect(this.page).toHaveURL(new RegExp(`/edit/${step.toLowerCase()}(\\?|$)`));
        await this.shows(step);
    }

    /** A step is shown, at its address or as the answer to its form, which without scripts has the form's. */
    async shows(step: Step) {
        await expect(this.steps.locator("[aria-current=step]")).toContainText(step);
    }

    /** A step as the stepper has it, which leads there. */
    step(step: Step) {
        return this.steps.getByRole("button", { name: new RegExp(`^${step}`) });
    }

    /** Saves, and goes on to a step. */
    async on(step: Step) {
        await this.page.getByRole("button", { name: "Save and continue" }).click();
        await this.at(step);
    }

    /** A field, by its whole label. */
    field(label: string) {
        return this.page.getByRole("main").getByLabel(label, { exact: true });
    }

    /** Chooses account and sender. */
    async detail(account: string, senderLabel: string, sender: string) {
        const choice = this.field("Account").locator("option").filter({ hasText: account });
        await this.field("Account").selectOption((await choice.getAttribute("value"))!);
        await this.field(senderLabel).fill(sender);
    }

    /** Chooses a WhatsApp template, told as the menu begins to tell it: `name (language)`. */
    async template(label: string) {
        const choice = this.templates.filter({ hasText: label });
        await this.field("Template").selectOption((await choice.getAttribute("value"))!);
        await this.stay("Use template");
    }

    /** All WhatsApp templates of the menu. */
    get templates() {
        return this.field("Template").locator("option[value*='|']");
    }

    /** Chooses typed addresses. */
    async typed(addresses: string[]) {
        await this.page.getByRole("radio", { name: /^Typed addresses/ }).check();
        await this.field("Addresses").fill(addresses.join("\n"));
    }

    /** Presses a button that saves and stays, and waits until the page has what was saved. */
    async stay(name: string | RegExp) {
        const button = this.page.getByRole("button", { name });
        if (this.hasScript) {
            const saved = this.page.waitForResponse((answer) => /\/ui\/load_step/.test(answer.url()) && answer.ok());
            await button.click();
            await saved;
            return;
        }
        const loaded = this.page.waitForEvent("load");
        await button.click();
        await loaded;
    }

    /** What the count of people says about a term. */
    counted(term: string) {
        return definition(this.page.getByRole("main"), term);
    }

    /** Sets the pace, on the summary. */
    async pace(perSecond: number) {
        await this.page.getByLabel("Messages a second, at most").fill(String(perSecond));
        await this.stay("Save links and pace");
        await expect(this.sendNow.first()).toBeEnabled();
    }

    /** Schedules, on the summary; the details are open afterwards. */
    async schedule(wallClock: string) {
        await this.page.getByLabel("Date, Europe/Madrid").fill(wallClock);
        await this.page.getByRole("button", { name: "Schedule", exact: true }).click();
        await expect(this.page).toHaveURL(/\/details$/);
    }
}
