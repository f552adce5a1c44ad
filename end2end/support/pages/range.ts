import type { Locator, Page } from "@playwright/test";
import { dayName, type Day } from "../dates";

/** The *Show* filter: its button and its calendar. */
export class DateRange {
    readonly button: Locator;
    readonly dialog: Locator;
    readonly label: Locator;
    readonly okay: Locator;
    readonly months: Locator;

    constructor(readonly page: Page) {
        this.button = page.getByRole("button", { name: /^Show/ }).first();
        this.dialog = page.getByRole("dialog", { name: "Date range" });
        this.label = this.dialog.getByText(/Europe\/Madrid/);
        this.okay = this.dialog.getByRole("button", { name: "OKAY" });
        this.months = this.dialog.getByRole("grid");
    }

    async open() {
        await this.button.click();
        await this.dialog.waitFor();
    }

    option(name: string) {
        return this.dialog.getByRole("link", { name, exact: true });
    }

    day(day: Day) {
        return this.dialog.getByRole("button", { name: dayName(day), exact: true });
    }

    /** Days marked as within the range. */
    get marked() {
        return this.dialog.getByRole("gridcell", { selected: true });
    }
}
