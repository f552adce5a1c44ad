// What can be wrong with a WhatsApp message, and where it is said.
import { create, uniqueWord } from "../support/campaigns";
import { expect, test } from "../support/fixtures";
import { Editor } from "../support/pages/editor";
import { SendingPage } from "../support/pages/sending";
import { addAccount, draft, editing, numbers, only, progress } from "../support/sending";

/** Begins a campaign with an account and people; its message is open. */
async function begun(editor: Editor, open: (path: string) => Promise<void>, account: string) {
    await editor.start(open, `WhatsApp ${uniqueWord()}`, "WhatsApp");
    await editor.detail(account, "Business number", "+34500000000");
    await editor.on("Recipients");
    await editor.typed(numbers(2));
    await editor.on("Message");
}

test("without an account there are no templates, and the page says where one is chosen", async ({ page, open, javaScriptEnabled }) => {
    const editor = new Editor(page, javaScriptEnabled);
    const id = await editor.start(open, `WhatsApp ${uniqueWord()}`, "WhatsApp");
    await open(`/campaigns/${id}/edit/message`);
    const notice = page.getByText("Templates belong to an account");
    await expect(notice).toBeVisible();
    await expect(editor.templates).toHaveCount(0);
    await notice.getByRole("link", { name: "Detail" }).click();
    await editor.at("Detail");
});

test("templates that can't be sent are shown with their status and can't be chosen", async ({ page, open, javaScriptEnabled }) => {
    const editor = new Editor(page, javaScriptEnabled);
    const account = await addAccount(page);
    await begun(editor, open, account.name);
    for (const [label, status] of [
        ["weekend_flash (en)", "paused"],
        ["lookbook (en)", "disabled"],
        ["you_have_won (en)", "rejected"],
        ["winter_sale (de)", "pending"],
    ]) {
        const option = editor.templates.filter({ hasText: label });
        await expect(option).toHaveText(new RegExp(` – ${status}$`));
        await expect(option).toBeDisabled();
    }
    for (const label of ["order_ready (es)", "order_ready (pt_BR)", "winter_sale (en)", "welcome (en)"]) {
        await expect(editor.templates.filter({ hasText: label })).toBeEnabled();
    }
});

test("what is missing of a template is said at its field, and another template brings fields of its own", async ({
    page, open, javaScriptEnabled,
}) => {
    test.slow();
    const editor = new Editor(page, javaScriptEnabled);
    const account = await addAccount(page);
    await begun(editor, open, account.name);
    // Nothing chosen at all.
    await editor.stay("Save and continue");
    await editor.at("Message");
    await expect(page.locator("#a-template .field__error")).toHaveText("Choose a template.");

    await editor.template("order_ready (en)");
    await editor.field("Value of {{2}}").fill("Calle Mayor 1");
    await editor.stay("Save and continue");
    await editor.at("Message");
    for (const [label, why] of [
        ["Value of the header", "Write what stands in the header."],
        ["Value of {{1}}", "Write what stands for {{1}}."],
        ["End of the link of “Where it is”", "Write what the link of the button “Where it is” ends in."],
    ]) {
        await expect(editor.field(label)).toHaveAttribute("aria-invalid", "true");
        await expect(editor.field(label)).toHaveAccessibleDescription(new RegExp(why.replaceAll(/[{}.]/g, "\\$&")));
    }
    await expect(editor.field("Value of {{2}}")).toHaveValue("Calle Mayor 1");
    await expect(editor.field("Value of {{2}}")).not.toHaveAttribute("aria-invalid", "true");

    // Its translation has the same places, so what was written stays; another one has others.
    await editor.template("order_ready (es)");
    await expect(editor.field("Value of {{2}}")).toHaveValue("Calle Mayor 1");
    await expect(page.locator(".bubble")).toContainText("tu paquete está listo en Calle Mayor 1.");
    await editor.template("winter_sale (en)");
    await expect(editor.field("Value of {{2}}")).toHaveValue("");
    await expect(editor.field("Value of the header")).toHaveCount(0);
    await editor.field("Picture of the header").fill("https://aurora.example/coat.jpg");
    await editor.field("Value of {{1}}").fill("20 %");
    await editor.field("Value of {{2}}").fill("Sunday");
    await editor.stay("Use template");
    const bubble = page.locator(".bubble");
    await expect(bubble).toContainText("20 % off everything, only until Sunday.");
    for (const [tag, text] of [["strong", "20 % off everything"], ["s", "Last year's coats"], ["em", "New coats"], ["code", "WINTER20"]]) {
        await expect(bubble.locator(tag)).toHaveText(text);
    }
    await expect(bubble.locator(".phone__picture")).toContainText("coat.jpg");
});

test("long values stay inside of the phone", async ({ page, open, javaScriptEnabled }) => {
    const editor = new Editor(page, javaScriptEnabled);
    const account = await addAccount(page);
    await begun(editor, open, account.name);
    await editor.template("order_ready (en)");
    await editor.field("Value of the header").fill("W".repeat(60));
    await editor.field("Value of {{1}}").fill("https://aurora.example/".padEnd(500, "x"));
    await editor.field("Value of {{2}}").fill("y".repeat(480));
    await editor.field("End of the link of “Where it is”").fill("7");
    await editor.stay("Use template");
    await expect(page.locator(".bubble")).toContainText("y".repeat(480));
    const tooWide = await page
        .locator(".phone, .phone__screen, .bubble, html")
        .evaluateAll((parts) => parts.filter((part) => part.scrollWidth > part.clientWidth).map((part) => part.className || part.tagName));
    expect(tooWide).toEqual([]);
    await editor.on("Summary");
    await expect(editor.ready).toBeVisible();
});

test("a template that was paused since it was chosen stands in the way before anything is sent", async ({
    page, open, api, javaScriptEnabled,
}) => {
    test.slow();
    const editor = new Editor(page, javaScriptEnabled);
    const account = await addAccount(page);
    const campaign = await create(api, { type: "whatsapp", sender: "+34500000000" });
    // As it was when it was chosen: approved.
    const template = {
        name: "weekend_flash", language: "en", category: "marketing", status: "approved", header: { kind: "none" },
        body: "Only this weekend, {{1}}: two for the price of one.", footer: "Reply STOP to opt out",
        buttons: [{ kind: "url", text: "To the shop", url: "https://aurora.example/weekend" }],
    };
    await draft(api, campaign.id, {
        account: account.id,
        sender: "+34500000000",
        audience: { kind: "typed", addresses: numbers(2) },
        variants: only({ channel: "whatsapp", template, body_values: ["you"] }),
    });
    // The draft alone is fine; the account knows better.
    expect((await editing(api, campaign.id)).obstacles).toEqual([]);
    await open(`/campaigns/${campaign.id}/edit/summary`);
    await expect(editor.obstacles).toContainText("The template “weekend_flash” (en) is paused at the moment.");
    await expect(editor.sendNow.first()).toBeDisabled();
    const refused = await api.post(`/api/v1/campaigns/${campaign.id}/launch`, { data: { when: "now" } });
    expect(refused.status()).toBe(409);
    expect(await refused.text()).toContain("is paused at the moment");

    // A test goes straight to the carrier, which says it in its own way.
    const region = page.getByRole("region", { name: "Test" });
    await region.getByLabel(/^Addresses/).fill(numbers(1)[0]);
    await region.getByRole("button", { name: "Send test" }).click();
    await expect(page.getByText(/the template is paused for its quality|The carrier took 0 of 1/)).toBeVisible();

    await open(`/campaigns/${campaign.id}/edit/message`);
    await expect(editor.field("Template")).toHaveAccessibleDescription(/The template is paused at the moment: choose an approved one\./);
    await editor.template("welcome (en)");
    await editor.on("Summary");
    await expect(editor.ready).toBeVisible();
    const sending = new SendingPage(page, javaScriptEnabled);
    await sending.agree("Send now", "Send");
    await sending.becomes("Completed");
    expect(await progress(api, campaign.id)).toMatchObject({ recipients: 2, submitted: 2, unsent: 0, failed: 0 });
});
