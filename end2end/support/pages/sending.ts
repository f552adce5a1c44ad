import { expect, type Locator, type Page } from "@playwright/test";
import { definition } from "./list";

/** How long a small campaign may take until its end is shown. */
export const SENT_WITHIN = 40_000;

/** The details of a campaign that is sent from here. */
export class SendingPage {
    readonly status: Locator;
    readonly panel: Locator;

    constructor(
        readonly page: Page,
        readonly hasScript = true,
    ) {
        this.status = page.getByRole("main").locator(".pill");
        this.panel = page.locator(".sending");
    }

    /** Waits for what the page comes to show: by itself, or where there are no scripts when it is opened again. */
    async comes(check: (timeout: number) => Promise<void>, within = SENT_WITHIN) {
        if (this.hasScript) return check(within);
        await expect(async () => {
            await this.page.reload();
            await check(1_000);
        }).toPass({ timeout: within });
    }

    /** Waits for a status. */
    async becomes(status: string, within = SENT_WITHIN) {
        await this.comes((timeout) => expect(this.status).toHaveText(status, { timeout }), within);
    }

    /** A figure of the sending, such as *Submitted*. */
    figure(label: string) {
        return definition(this.panel, label);
    }

    /** A figure as a number. */
    async number(label: string) {
        return Number(((await this.figure(label).textContent()) ?? "").replaceAll(/\D/g, ""));
    }

    /** How many messages are in a state. */
    state(id: string) {
        return this.panel.locator(`[data-status=${id}] b`);
    }

    /** The states with their counts. */
    async states(): Promise<Record<string, number>> {
        const rows = await this.panel
            .locator("[data-status]")
            .evaluateAll((rows) => rows.map((row) => [(row as HTMLElement).dataset.status!, row.querySelector("b")!.textContent!]));
        return Object.fromEntries(rows.map(([id, count]) => [id, Number(count.replaceAll(/\D/g, ""))]));
    }

    /** Presses a button that asks first, and agrees. */
    async agree(button: string, go = button) {
        await this.page.getByRole("main").getByRole("button", { name: button, exact: true }).first().click();
        await this.page.getByRole("dialog").getByRole("button", { name: go, exact: true }).click();
    }

    /** Marks the page, so that a reload would show. */
    async mark() {
        if (this.hasScript) await this.page.evaluate(() => void (document.documentElement.dataset.marked = "true"));
    }

    /** The page was not loaded again since it was marked. */
    async wasNotLoadedAgain() {
        if (this.hasScript) await expect(this.page.locator("html")).toHaveAttribute("data-marked", "true");
    }
}
