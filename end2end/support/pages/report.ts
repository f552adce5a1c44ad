import { expect, type Locator, type Page } from "@playwright/test";
import { exactly } from "./list";

/** What a chart without anything to draw says. */
export const NOTHING = "Nothing to draw: none of this happened in the range shown.";

/** A campaign's report. */
export class ReportPage {
    readonly tabs: Locator;
    readonly tiles: Locator;

    constructor(
        readonly page: Page,
        readonly hasScript = true,
    ) {
        this.tabs = page.getByRole("navigation", { name: "Report", exact: true });
        this.tiles = page.getByRole("region", { name: "Key figures" }).getByRole("listitem");
    }

    /** A key figure. */
    tile(label: string) {
        return this.tiles.filter({ has: this.page.locator(".kpi__label", { hasText: exactly(label) }) });
    }

    /** What a key figure says. */
    value(label: string) {
        return this.tile(label).locator(".kpi__value");
    }

    labels() {
        return this.tiles.locator(".kpi__label").allTextContents();
    }

    tab(name: string) {
        return this.tabs.getByRole("link", { name });
    }

    switch(name: string) {
        return this.page.getByRole("navigation", { name, exact: true });
    }

    /** A chart, by the beginning of its title. */
    chart(title: string) {
        return this.page.getByRole("figure", { name: new RegExp(`^\\s*${title}`) });
    }

    /** Waits until every chart is drawn, or says in a sentence that there is nothing to draw. */
    async drawn() {
        const charts = this.page.getByRole("figure");
        await expect(charts.first()).toBeVisible();
        for (const chart of await charts.all()) {
            const picture = chart.getByRole("button", { name: /as PNG$/ });
            const [canvas, nothing] = [chart.locator("canvas").first(), chart.getByText(NOTHING)];
            // Which of the two it is to be is known once the charts are there.
            await expect.poll(async () => (await canvas.isVisible()) || (await nothing.isVisible())).toBe(true);
            if (await nothing.isVisible()) {
                await expect(picture).toBeDisabled();
                await expect(chart.getByRole("table")).toBeHidden();
                continue;
            }
            await expect(canvas).toBeVisible();
            await expect(picture).toBeEnabled();
        }
    }

    /** Opens how the figures of a panel are made. */
    async about(title: string) {
        await this.page.getByRole("button", { name: `How ${title} is made`, exact: true }).click();
        const about = this.page.getByRole("dialog", { name: new RegExp(`^${title}`) });
        await expect(about).toBeVisible();
        return about;
    }

    /** The rows of a chart's table, as texts of their cells. */
    async rows(title: string): Promise<string[][]> {
        const chart = this.chart(title);
        const table = chart.getByRole("table");
        if (this.hasScript && !(await table.isVisible())) await chart.getByRole("button", { name: "Table" }).click();
        await expect(table).toBeVisible();
        return cells(table);
    }

    /** A breakdown, by its title. */
    breakdown(title: string) {
        return this.page.getByRole("table", { name: title, exact: true }).first();
    }
}

/** The body of a table, as texts. */
export const cells = (table: Locator) =>
    table
        .locator("tbody tr")
        .evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent!.trim())));
