// What comes of a campaign afterwards: versions compared, one message's story, and whom to write to again.
import { detailsPath, ingest, uniqueWord, type Campaign } from "../support/campaigns";
import { expect, test } from "../support/fixtures";
import { Editor } from "../support/pages/editor";
import { SENT_WITHIN, SendingPage } from "../support/pages/sending";
import { addAccount, addContacts, launch, mailboxes, makeList, numbers, progress, text } from "../support/sending";

test("two versions and a holdout are made in the steps, sent by their shares, and compared", async ({
    page, open, api, javaScriptEnabled,
}) => {
    test.slow();
    const [editor, sending] = [new Editor(page, javaScriptEnabled), new SendingPage(page, javaScriptEnabled)];
    const [account, list] = [await addAccount(page), await makeList(api)];
    await addContacts(api, list.id, mailboxes(40).map((email) => ({ email, consents: { email: "subscribed" } })));
    const id = await editor.start(open, `Two versions ${uniqueWord()}`, "Email");
    await editor.detail(account.name, "Sender address", "hello@aurora.example");
    await editor.field("Subject").fill("Winter is here");
    await editor.on("Template");
    await page.getByRole("radio", { name: /^Letter/ }).check();
    await editor.on("Personalize");
    await page.getByText("A/B test").click();
    await editor.stay("Test against another version");
    const versions = page.getByRole("group", { name: "Versions" });
    await expect(versions.locator("[aria-current=true]")).toHaveText("Version B");
    await editor.field("Subject").fill("New: the winter collection");
    for (const [label, share] of [["Version A, %", "40"], ["Version B, %", "35"], ["Holdout, %", "20"]]) {
        await editor.field(label).fill(share);
    }
    // What doesn't come to a hundred doesn't go out.
    if (javaScriptEnabled) await expect(page.getByText("Versions and holdout come to 95%: make it 100%.")).toBeVisible();
    await editor.stay("Save and continue");
    await editor.at("Personalize");
    await expect(editor.obstacles).toContainText("come to 95 %, not 100 %");
    await editor.field("Version A, %").fill("45");
    await editor.on("Recipients");
    await page.getByRole("radio", { name: /^A list/ }).check();
    await page.getByRole("combobox", { name: "List", exact: true }).selectOption(list.id);
    await editor.on("Summary");
    await expect(editor.ready).toBeVisible();
    await expect(page.getByRole("main")).toContainText("A 45%, B 35%, held back 20%");
    await expect(page.getByRole("main").getByRole("heading", { name: /^Version [AB]$/ })).toHaveText(["Version A", "Version B"]);
    await sending.agree("Send now", "Send");
    await sending.becomes("Completed");
    const end = await progress(api, id);
    expect(end.recipients).toBe(40);
    expect(end.held_out).toBeGreaterThan(0);
    expect(end.submitted).toBe(40 - end.held_out);
    await sending.comes((timeout) => expect(sending.state("held_out")).toHaveText(String(end.held_out), { timeout }));

    await open(`/reports/messaging/${id}?tab=overview`);
    for (const [version, subject] of [["A", "Winter is here"], ["B", "New: the winter collection"]]) {
        await expect(page.getByRole("region", { name: `Variant ${version}` })).toContainText(subject);
    }
    // Somebody opens each; forty people are too few to say anything, and the page doesn't.
    const { rows } = await (await api.get(`/api/v1/campaigns/${id}/recipients`)).json();
    const opens = ["A", "B"].map((variant) => ({
        kind: "opened", variant, message: rows.find((row: { variant: string }) => row.variant === variant).message,
        user_agent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    }));
    await ingest(api, { id } as Campaign, opens);
    await open(`/reports/messaging/${id}`);
    const compared = page.getByRole("region", { name: "A/B test" });
    await sending.comes((timeout) => expect(compared.getByRole("rowheader")).toHaveText(["A", "B"], { timeout }));
    await expect(compared).toContainText("Too early");
    await expect(compared).not.toContainText("Safe to stop:");
});

test("a campaign with a holdout says what would not have happened without it", async ({ page, open, api, javaScriptEnabled }) => {
    test.slow();
    const sending = new SendingPage(page, javaScriptEnabled);
    const [account, list, word] = [await addAccount(page), await makeList(api), uniqueWord()];
    const people = new Map(numbers(600).map((phone, at) => [phone, `${word}-${at}`]));
    const contacts = [...people].map(([phone, external_id]) => ({ phone, external_id, consents: { sms: "subscribed" } }));
    await addContacts(api, list.id, contacts);
    const content = { channel: "sms", text: "20% off until Sunday. Reply STOP to opt out" };
    const campaign = await text(api, account.id, {
        audience: { kind: "list", list: list.id },
        variants: [{ name: "A", share: 60, content }],
        holdout: 40,
    });
    await launch(api, campaign.id);
    await expect.poll(async () => (await progress(api, campaign.id)).phase, { timeout: SENT_WITHIN }).toBe("done");
    const end = await progress(api, campaign.id);
    expect(end.submitted + end.held_out).toBe(600);

    await open(`/reports/messaging/${campaign.id}`);
    const panel = page.getByRole("region", { name: "Uplift over the holdout" });
    await sending.comes((timeout) => expect(panel).toContainText("No conversions yet", { timeout }));
    await expect(panel).toContainText(`${end.held_out} people are held out`);

    // The shop posts its orders by its own numbers, and doesn't know who was written to.
    const page1 = await api.get(`/api/v1/campaigns/${campaign.id}/recipients`, { params: { limit: "500" } });
    const { rows } = await page1.json();
    const written = new Set<string>(rows.map((row: { recipient: string }) => row.recipient));
    expect(written.size).toBe(end.submitted);
    const parts = [[...people.keys()].filter((phone) => written.has(phone)), [...people.keys()].filter((phone) => !written.has(phone))];
    const buyers = [parts[0].slice(0, 90), parts[1].slice(0, 12)];
    const orders = buyers.flat().map((phone) => ({ kind: "converted", recipient: people.get(phone)!, value: 20, currency: "EUR" }));
    await ingest(api, campaign, orders);
    await sending.comes((timeout) => expect(panel).toContainText(/The campaign raised conversions by \d+\.\d points \(/, { timeout }));
    await expect(panel.getByRole("rowheader")).toHaveText(["Everyone it was for", "Held out"]);
    await expect(panel.getByRole("row").filter({ hasText: "Held out" })).toContainText("baseline");
    await expect(panel).toContainText("EUR more than without it");
    // An order without a message is none of a message's.
    const { kpis } = await (await api.get(`/api/v1/campaigns/${campaign.id}/report`)).json();
    expect([kpis.sent, kpis.converted.total, kpis.achieved.unique]).toEqual([end.submitted, 0, 102]);
    const { outcomes, holdout, strangers } = await (await api.get(`/api/v1/campaigns/${campaign.id}/uplift`)).json();
    expect([holdout.people, strangers, outcomes.length]).toEqual([end.held_out, 0, 1]);
    expect(outcomes[0]).toMatchObject({ what: "achieved", effect: "raised", assigned: { n: 90 }, holdout: { n: 12, d: end.held_out } });
});

test("one message's story is told, and those who were not reached are written to again", async ({
    page, open, api, javaScriptEnabled,
}) => {
    test.slow();
    const editor = new Editor(page, javaScriptEnabled);
    const account = await addAccount(page, "sandbox", { Seed: "7", "Loss, %": "50", "Latency, ms": "0", Receipts: "orderly" });
    const addresses = numbers(30);
    const campaign = await text(api, account.id, { audience: { kind: "typed", addresses } });
    await launch(api, campaign.id);
    await expect.poll(async () => (await progress(api, campaign.id)).phase).toBe("done");
    await open(`/reports/messaging/${campaign.id}?tab=recipients&q=${encodeURIComponent(addresses[0])}`);
    await page.getByRole("link", { name: addresses[0] }).click();
    const story = page.getByRole("region", { name: /^Message/ });
    await expect(story.getByRole("listitem").first()).toContainText(/Queued|Sent|Unsent|Failed|Submitted/);

    await open(`/reports/messaging/${campaign.id}?tab=overview`);
    await page.getByRole("button", { name: "Those who were not reached" }).click();
    await editor.at("Detail");
    expect(editor.id()).not.toBe(campaign.id);
    await editor.step("Recipients").click();
    await editor.at("Recipients");
    await expect(page.getByRole("radio", { name: /^An earlier campaign/ })).toBeChecked();
    await expect(page.getByRole("combobox", { name: "Campaign", exact: true }).locator("option:checked")).toContainText(campaign.name);
    await expect(page.getByRole("combobox", { name: "Those who" }).locator("option:checked")).toHaveText("Were not reached");
    // Receipts go on coming: some, and never all of the thirty.
    await expect(editor.counted("Matched")).toHaveText(/^\s*([1-9]|[12]\d)$/);
    // Nothing goes out before somebody says so.
    expect((await progress(api, editor.id())).phase).toBe("draft");
});

test("the activity says who sent what", async ({ page, open, api }) => {
    const account = await addAccount(page);
    const campaign = await text(api, account.id);
    await open(detailsPath(campaign));
    await new SendingPage(page).agree("Send now");
    await expect.poll(async () => (await progress(api, campaign.id)).phase).toBe("done");
    await open("/settings/activity");
    const row = page.getByRole("row").filter({ hasText: campaign.name });
    await expect(row.filter({ hasText: "admin@example.org" }).first()).toContainText(/sent|launched/i);
});
