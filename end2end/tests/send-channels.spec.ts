// From an idea to receipts, on every channel: made in the pages, sent by the simulator.
import type { APIRequestContext, Page } from "@playwright/test";
import { uniqueWord } from "../support/campaigns";
import { subscribe } from "../support/devices";
import { expect, test } from "../support/fixtures";
import { Editor } from "../support/pages/editor";
import { ReportPage } from "../support/pages/report";
import { SendingPage } from "../support/pages/sending";
import { addAccount, numbers, progress } from "../support/sending";

/** What the steps of a channel are filled with. */
interface Way {
    type: string;
    /** How many people it comes to. */
    people: number;
    /** Messages a second: slow enough to be watched. */
    pace: number;
    /** Fills all steps; the summary is open afterwards. */
    fill(given: { page: Page; editor: Editor; account: string; api: APIRequestContext; word: string }): Promise<void>;
}

const WAYS: Way[] = [
    {
        type: "SMS", people: 10, pace: 2,
        async fill({ page, editor, account }) {
            await editor.detail(account, "Sender number", "AURORA");
            await editor.on("Recipients");
            await editor.typed(numbers(10));
            await editor.on("Message");
            await editor.field("Text").fill("Hello! See https://aurora.example/sale Reply STOP to opt out");
            if (editor.hasScript) await expect(page.locator(".bubble")).toContainText("https://aurora.example/sale");
            await editor.on("Summary");
            await expect(page.getByRole("checkbox", { name: "Track https://aurora.example/sale" })).toBeChecked();
        },
    },
    {
        type: "Email", people: 60, pace: 12,
        async fill({ page, editor, account, word }) {
            await editor.detail(account, "Sender address", "hello@aurora.example");
            await editor.field("From name").fill("Aurora");
            await editor.field("Subject").fill(`News ${word}, {{ name }}`);
            await editor.on("Template");
            await page.getByRole("radio", { name: /^Letter/ }).check();
            await editor.on("Personalize");
            await expect(page.locator(".mail__subject")).toContainText(`News ${word}, `);
            await expect(page.frameLocator(".mail__frame").getByText("Answer this mail if anything is unclear.")).toBeVisible();
            await editor.on("Recipients");
            await page.getByRole("radio", { name: /^A list/ }).check();
            await page.getByRole("combobox", { name: "List", exact: true }).selectOption({ label: "Regulars (60 people)" });
            // As one chooses, or where there are no scripts by a button.
            if (!editor.hasScript) await editor.stay("Save and count");
            await expect(editor.counted("Will be written to")).toHaveText("60");
            await editor.on("Summary");
        },
    },
    {
        type: "Push", people: 6, pace: 1,
        async fill({ page, editor, account, api, word }) {
            const { href } = new URL(page.url());
            await subscribe(page, api, `Device ${word}`, 6);
            await page.goto(href);
            await editor.at("Detail");
            await editor.detail(account, "App", "Aurora app");
            await page.getByRole("radio", { name: /^Regular/ }).check();
            await editor.on("Recipients");
            await page.getByRole("radio", { name: /^A filter/ }).check();
            const condition = page.getByRole("group", { name: "Condition 1" });
            await condition.getByLabel("Condition", { exact: true }).selectOption("Attribute");
            await condition.getByLabel("Attribute").selectOption("name");
            await condition.getByLabel("Comparison").selectOption("begins with");
            await condition.getByLabel("Value").fill(`Device ${word}`);
            await editor.on("Message");
            await editor.field("Title").fill("Winter is here");
            await editor.field("Body").fill("Warm, light, and back in stock");
            await editor.on("Summary");
        },
    },
    {
        type: "WhatsApp", people: 8, pace: 2,
        async fill({ page, editor, account }) {
            await editor.detail(account, "Business number", "+34500000000");
            await editor.on("Recipients");
            await editor.typed(numbers(8));
            await editor.on("Message");
            const bubble = page.locator(".bubble");
            await editor.template("order_ready (en)");
            await editor.field("Value of the header").fill("A-17");
            await editor.field("Value of {{1}}").fill('{{ name | default("you") }}');
            await editor.field("Value of {{2}}").fill("Calle Mayor 1");
            await editor.field("End of the link of “Where it is”").fill("A-17");
            // As it is typed; a page without scripts has it once it is saved.
            if (!editor.hasScript) await editor.stay("Use template");
            await expect(bubble.locator(".bubble__head")).toHaveText("Order A-17");
            await expect(bubble).toContainText("your parcel is ready at Calle Mayor 1.");
            await expect(bubble.locator(".slot")).toHaveText('{{ name | default("you") }}');
            await editor.on("Summary");
            await expect(bubble.locator(".bubble__head")).toHaveText("Order A-17");
            await expect(bubble).toContainText(/Hi [^{[]+, your parcel is ready at Calle Mayor 1\./);
            await expect(bubble.getByText("is ready", { exact: true })).toHaveCSS("font-weight", /[67]00/);
            await expect(bubble.locator(".bubble__foot")).toHaveText("Aurora, your shop around the corner");
            await expect(page.locator(".buttons__one")).toHaveText(["Thanks", "Where it is", "Call us"]);
        },
    },
    {
        type: "RCS", people: 8, pace: 2,
        async fill({ page, editor, account }) {
            await editor.detail(account, "Agent", "Aurora");
            await editor.on("Recipients");
            await editor.typed(numbers(8));
            await editor.on("Message");
            await editor.field("Text").fill("Shall we keep one for you?");
            await editor.stay("Add a suggestion");
            const chip = page.getByRole("group", { name: "Suggestion 1" });
            await chip.getByLabel("Text", { exact: true }).fill("Yes please");
            await editor.field("SMS for phones without RCS").fill("Shall we keep one for you? Reply STOP to opt out");
            await editor.on("Summary");
            await expect(page.locator(".buttons__one")).toHaveText("Yes please");
        },
    },
];

for (const way of WAYS) {
    test(`a ${way.type} campaign is made, scheduled, re-dated, sent, watched and reported`, async ({
        page, open, api, javaScriptEnabled,
    }) => {
        test.slow();
        const [editor, sending] = [new Editor(page, javaScriptEnabled), new SendingPage(page, javaScriptEnabled)];
        const word = uniqueWord();
        const name = `Journey ${word}`;
        const account = await addAccount(page);
        const id = await editor.start(open, name, way.type);
        await way.fill({ page, editor, account: account.name, api, word });

        await expect(editor.ready).toBeVisible();
        await expect(editor.counted("Will be written to")).toHaveText(String(way.people));
        for (const step of await editor.steps.getByRole("button").all()) await expect(step).toHaveAccessibleName(/\(finished\)$/);
        await editor.pace(way.pace);
        await editor.schedule("2027-03-28T09:30");
        await expect(sending.status).toHaveText("Scheduled");
        await expect(page.getByRole("main")).toContainText("28 Mar 2027, 09:30");

        await page.getByLabel("Date and time, Europe/Madrid").fill("2027-03-29T10:00");
        await page.getByRole("button", { name: "Change date" }).click();
        await expect(page.getByRole("main")).toContainText("29 Mar 2027, 10:00");

        await sending.mark();
        await sending.agree("Send now");
        await sending.becomes("In Progress");
        const all = way.people;
        await sending.comes(async (timeout) => {
            const isMoving = async () => {
                const submitted = await sending.number("Submitted");
                return submitted > 0 && submitted < all && submitted + (await sending.number("Remaining")) === all;
            };
            await expect.poll(isMoving, { timeout }).toBe(true);
        });
        await sending.becomes("Completed");
        await expect(sending.figure("Recipients")).toHaveText(String(all));
        await sending.comes((timeout) => expect(sending.figure("Submitted")).toHaveText(String(all), { timeout }));
        await expect(sending.figure("Remaining")).toHaveText("0");
        expect(await progress(api, id)).toMatchObject({ phase: "done", recipients: all, submitted: all, failed: 0, uncertain: 0 });

        await page.getByRole("main").getByRole("link", { name: "Report", exact: true }).click();
        const report = new ReportPage(page, javaScriptEnabled);
        await expect(page.getByRole("heading", { level: 1 })).toHaveText(name);
        await sending.comes((timeout) => expect(report.value("Sent")).toHaveText(String(all), { timeout }));
        // Receipts come when they come; the page shows them as they do.
        await sending.comes((timeout) => expect(report.tile("Delivery rate")).toContainText(/[1-9]\d* delivered/, { timeout }));
        await sending.wasNotLoadedAgain();
    });
}
