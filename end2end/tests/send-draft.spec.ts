// What is wrong with a draft is said where it is mended, and nothing is lost on the way.
import { create, detailsPath, uniqueWord } from "../support/campaigns";
import { expect, test } from "../support/fixtures";
import { Editor } from "../support/pages/editor";
import { addAccount, addContacts, draft, editing, launch, makeList, numbers, only, progress, text } from "../support/sending";

test("an empty text is refused at its field, and what was typed elsewhere stays", async ({ page, open, javaScriptEnabled }) => {
    const editor = new Editor(page, javaScriptEnabled);
    const account = await addAccount(page);
    await editor.start(open, `Errors ${uniqueWord()}`, "SMS");
    await editor.detail(account.name, "Sender number", "AURORA");
    await editor.on("Recipients");
    await editor.typed(numbers(2));
    await editor.on("Message");
    await editor.stay("Save and continue");
    await editor.at("Message");
    await expect(editor.field("Text")).toHaveAttribute("aria-invalid", "true");
    await expect(editor.field("Text")).toHaveAccessibleDescription(/Write the text of the message\./);
    for (const [written, why] of [
        ["Hello {{ name", /Hello|placeholder|brace|close|}}/i],
        ["Hello {% if name %}", /./],
        ["Hello {{ name | shout }}", /shout/],
    ] as const) {
        await editor.field("Text").fill(written);
        await editor.stay("Save and continue");
        await editor.at("Message");
        await expect(editor.field("Text")).toHaveValue(written);
        await expect(page.locator("#a-text .field__error")).toHaveText(why);
    }
    await editor.field("Text").fill("Hello. Reply STOP to opt out");
    await editor.on("Summary");
    await expect(editor.ready).toBeVisible();
});

test("addresses that are none are refused by their line, never repeated", async ({ page, open, clean, javaScriptEnabled }) => {
    clean.expected.push(/status of 422/);
    const editor = new Editor(page, javaScriptEnabled);
    const id = await editor.start(open, `Errors ${uniqueWord()}`, "Email");
    await page.goto(`/campaigns/${id}/edit/recipients`);
    await editor.typed(["reader@example.org", "not an address"]);
    await page.getByRole("button", { name: "Save and continue" }).click();
    await expect(page.locator("#a-audience .field__error")).toHaveText("Line 2: This is no e-mail address.");
    await editor.shows("Recipients");
    await expect(editor.field("Addresses")).toHaveValue("reader@example.org\nnot an address");
    // Mended, it goes on from the page that came back.
    await editor.typed(["reader@example.org"]);
    await editor.on("Summary");
});

test("obstacles of the summary lead to the field that mends them", async ({ page, open, api, javaScriptEnabled }) => {
    const editor = new Editor(page, javaScriptEnabled);
    const campaign = await create(api, { type: "sms", sender: "" });
    await draft(api, campaign.id, { variants: only({ channel: "sms", text: "" }) });
    await open(`/campaigns/${campaign.id}/edit/summary`);
    for (const what of [/account/i, /whom the campaign is for/, /Write the text of the message/]) {
        await expect(editor.obstacles).toContainText(what);
    }
    await expect(editor.sendNow.first()).toBeDisabled();
    await expect(page.getByRole("button", { name: "Schedule", exact: true })).toBeDisabled();
    await editor.obstacles.getByRole("listitem").filter({ hasText: "Write the text" }).getByRole("link").click();
    await editor.at("Message");
    await expect(editor.field("Text")).toHaveAttribute("aria-invalid", "true");
    // From the list of the step to the field itself.
    await editor.obstacles.getByRole("link", { name: "Write the text of the message." }).click();
    await expect(page).toHaveURL(/#f-text$/);

    await open(detailsPath(campaign));
    await expect(page.getByRole("list", { name: "What is missing" }).getByRole("link").first()).toBeVisible();
    await expect(page.getByRole("button", { name: "Send now" }).first()).toBeDisabled();
});

test("an audience that nobody can be written to stands in the way", async ({ page, open, api, javaScriptEnabled }) => {
    const editor = new Editor(page, javaScriptEnabled);
    const [account, list] = [await addAccount(page), await makeList(api)];
    const campaign = await text(api, account.id, { audience: { kind: "list", list: list.id } });
    await open(`/campaigns/${campaign.id}/edit/summary`);
    await expect(editor.obstacles).toContainText("Nobody of this audience can be written to.");
    await expect(editor.sendNow.first()).toBeDisabled();
    const refused = await api.post(`/api/v1/campaigns/${campaign.id}/launch`, { data: { when: "now" } });
    expect([409, 422]).toContain(refused.status());
});

test("who has no value for a placeholder is said before the launch, and after it", async ({ page, open, api, javaScriptEnabled }) => {
    const editor = new Editor(page, javaScriptEnabled);
    const [account, list] = [await addAccount(page), await makeList(api)];
    const [lucky, unlucky] = numbers(2);
    await addContacts(api, list.id, [
        { phone: lucky, attributes: { code: "SAVE20" }, consents: { sms: "subscribed" } },
        { phone: unlucky, consents: { sms: "subscribed" } },
    ]);
    const campaign = await text(api, account.id, {
        audience: { kind: "list", list: list.id },
        variants: only({ channel: "sms", text: "Your code: {{ code }}. Reply STOP to opt out" }),
    });
    // Some have none: they are counted and shown, and it can be sent.
    for (const path of [`/campaigns/${campaign.id}/edit/summary`, detailsPath(campaign)]) {
        await open(path);
        const warning = page.getByRole("alert").filter({ hasText: "Some people would be left out" });
        await expect(warning).toContainText("1 of 2 recipients has no value for code and would get no message");
        await expect(warning.getByRole("link", { name: unlucky })).toHaveAttribute("href", /^\/contacts\/.+/);
        await expect(page.getByRole("button", { name: "Send now" }).first()).toBeEnabled();
    }
    await launch(api, campaign.id);
    await expect.poll(async () => (await progress(api, campaign.id)).phase).toBe("done");
    await open(detailsPath(campaign));
    await expect(page.getByRole("heading", { name: "Sent", exact: true })).toBeVisible();
    const reasons = page.getByRole("list", { name: "Why messages were not sent" });
    await expect(reasons.getByRole("listitem")).toHaveText(/No value for code\.\s*1/);

    // Nobody has one: it can't be sent, by the page or by a program.
    const nobody = await text(api, account.id, {
        audience: { kind: "list", list: list.id },
        variants: only({ channel: "sms", text: "Your plan: {{ plan }}. Reply STOP to opt out" }),
    });
    await open(`/campaigns/${nobody.id}/edit/summary`);
    await expect(editor.obstacles).toContainText("everybody lacks a value for plan");
    await expect(editor.sendNow.first()).toBeDisabled();
    const refused = await api.post(`/api/v1/campaigns/${nobody.id}/launch`, { data: { when: "now" } });
    expect(refused.status()).toBe(409);
});

test("the offer to begin with goes out to somebody with nothing but an address", async ({ page, open, api, javaScriptEnabled }) => {
    const editor = new Editor(page, javaScriptEnabled);
    const account = await addAccount(page);
    const id = await editor.start(open, `Offer ${uniqueWord()}`, "Email");
    await editor.detail(account.name, "Sender address", "news@aurora.example");
    await editor.field("Subject").fill("An offer");
    await editor.on("Template");
    await page.getByRole("radio", { name: /^Offer/ }).check();
    await editor.on("Personalize");
    await editor.on("Recipients");
    await editor.typed([`reader.${uniqueWord()}@example.org`]);
    await editor.on("Summary");
    await expect(editor.ready).toBeVisible();
    await launch(api, id);
    await expect.poll(async () => (await progress(api, id)).phase).toBe("done");
    expect(await progress(api, id)).toMatchObject({ recipients: 1, submitted: 1, unsent: 0 });
});

test("a save from a second window is refused, and overwrites nothing", async ({ page, open, api, clean, javaScriptEnabled }) => {
    clean.expected.push(/status of 409/);
    const editor = new Editor(page, javaScriptEnabled);
    const account = await addAccount(page);
    const campaign = await text(api, account.id);
    await open(`/campaigns/${campaign.id}/edit/message`);
    const window = await page.context().newPage();
    const other = new Editor(window, javaScriptEnabled);
    await window.goto(`/campaigns/${campaign.id}/edit/message`);
    if (javaScriptEnabled) await expect(window.locator("html")).toHaveAttribute("data-hydrated", "true");
    await other.field("Text").fill("From the second window. Reply STOP to opt out");
    await other.on("Summary");
    await window.close();

    await editor.field("Text").fill("From the first window");
    await page.getByRole("button", { name: "Save and continue" }).click();
    await expect(page.getByRole("alert")).toContainText("This campaign was changed in another window.");
    await editor.shows("Message");
    await expect(editor.field("Text")).toHaveValue("From the first window");
    // Pressed again, it is no newer.
    await page.getByRole("button", { name: "Save and continue" }).click();
    await expect(page.getByRole("alert")).toContainText("This campaign was changed in another window.");
    const { draft: kept } = await editing(api, campaign.id);
    expect(kept.variants[0].content.text).toBe("From the second window. Reply STOP to opt out");
});

test("steps are saved as one leaves them, and are there after a reload", async ({ page, open, javaScriptEnabled }) => {
    const editor = new Editor(page, javaScriptEnabled);
    const account = await addAccount(page);
    const id = await editor.start(open, `Resumed ${uniqueWord()}`, "SMS");
    await editor.detail(account.name, "Sender number", "AURORA");
    await editor.on("Recipients");
    const [number] = numbers(1);
    await editor.typed([number]);
    await editor.step("Message").click();
    await editor.at("Message");
    await editor.field("Text").fill("Half a thou");
    await page.getByRole("button", { name: "Back", exact: true }).click();
    await editor.at("Recipients");
    await expect(editor.field("Addresses")).toHaveValue(number);
    await page.goBack();
    await expect(editor.field("Text")).toHaveValue("Half a thou");
    await open(`/campaigns/${id}/edit/message`);
    await expect(editor.field("Text")).toHaveValue("Half a thou");
});

test("a test goes to one address, and is counted in no report", async ({ page, open, api }) => {
    const account = await addAccount(page);
    const campaign = await text(api, account.id);
    await open(`/campaigns/${campaign.id}/edit/summary`);
    const region = page.getByRole("region", { name: "Test" });
    await region.getByLabel(/^Addresses/).fill(numbers(1)[0]);
    await region.getByRole("button", { name: "Send test" }).click();
    await expect(page.getByText(/the carrier took it|The carrier took 1 of 1/)).toBeVisible();
    expect(await progress(api, campaign.id)).toMatchObject({ recipients: 0, submitted: 0 });
});

for (const state of ["Pending", "Scheduled"]) {
    test(`a ${state.toLowerCase()} campaign made here is deleted after one question`, async ({ page, open, api }) => {
        const account = await addAccount(page);
        const campaign = await text(api, account.id);
        if (state === "Scheduled") await launch(api, campaign.id, { when: "at", at: "2027-03-28T08:00:00Z" });
        await open(detailsPath(campaign));
        await expect(page.getByRole("main").locator(".pill")).toHaveText(state);
        await page.getByRole("button", { name: "Delete", exact: true }).click();
        await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
        await expect(page).toHaveURL(/\/reports\/messaging/);
        expect((await api.get(`/api/v1/campaigns/${campaign.id}`)).status()).toBe(404);
    });
}

test("a campaign that was sent can't be deleted, and the page says why", async ({ page, open, api }) => {
    const account = await addAccount(page);
    const campaign = await text(api, account.id);
    await launch(api, campaign.id);
    await expect.poll(async () => (await progress(api, campaign.id)).phase).toBe("done");
    await open(detailsPath(campaign));
    const bin = page.getByRole("button", { name: "Delete", exact: true });
    await expect(bin).toBeDisabled();
    await expect(bin).toHaveAccessibleDescription(/recorded data is never deleted/);
    expect((await api.delete(`/api/v1/campaigns/${campaign.id}`)).status()).toBe(409);
    // What was launched can be read, not changed.
    await open(`/campaigns/${campaign.id}/edit/message`);
    await expect(page.getByText("This campaign was launched")).toBeVisible();
    await expect(page.getByRole("button", { name: "Save and continue" })).toHaveCount(0);
});
