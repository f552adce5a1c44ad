// Whoever answers STOP is written to no more, on each channel that people can answer on. The answer comes as Twilio would post
// it, signed; e-mail has its own ways out in send-mail.spec.ts, push in push-loop.hydrate.spec.ts.
import type { Page } from "@playwright/test";
import { createHmac, randomBytes } from "node:crypto";
import { CHANNELS, makeReady } from "../support/channels";
import { expect, test } from "../support/fixtures";
import { Editor } from "../support/pages/editor";
import { SendingPage } from "../support/pages/sending";
import { addAccount, launch, numbers, progress } from "../support/sending";

const TOKEN = "a token of this test";

/** An account at Twilio that only listens; where it is posted to. */
async function listening(page: Page): Promise<string> {
    await addAccount(page, "twilio", { "Account SID": `AC${"0".repeat(32)}`, "Auth token": TOKEN });
    return (await page.locator(".webhook").textContent())!.trim();
}

/** What Twilio signs: the address, then each field's name and value, by name. */
const signed = (url: string, form: Record<string, string>, token = TOKEN) =>
    createHmac("sha1", token)
        .update(Object.keys(form).sort().reduce((text, name) => text + name + form[name], url))
        .digest("base64");

for (const way of CHANNELS.filter(({ channel }) => ["sms", "whatsapp", "rcs"].includes(channel))) {
    test(`whoever answers STOP to ${way.label} is left out of the next campaign`, async ({ page, open, api, javaScriptEnabled }) => {
        test.slow();
        const [editor, sending] = [new Editor(page, javaScriptEnabled), new SendingPage(page, javaScriptEnabled)];
        const account = await addAccount(page);
        const url = await listening(page);
        const addresses = numbers(2);
        const [gone] = addresses;
        const first = await makeReady(page, api, way, account.id, { addresses });
        await launch(api, first.campaign.id);
        await expect.poll(async () => (await progress(api, first.campaign.id)).phase, { timeout: 20_000 }).toBe("done");

        const suppressed = async () =>
            (await (await api.get("/api/v1/contacts", { params: { q: gone } })).json()).contacts[0].suppressed;
        const prefix = way.channel === "sms" ? "" : `${way.channel}:`;
        const form = { MessageSid: `SM${randomBytes(16).toString("hex")}`, From: `${prefix}${gone}`, To: `${prefix}+34500000000`, Body: " stop. " };
        const post = (signature: string) => api.post(url, { form, headers: { "x-twilio-signature": signature } });
        // Not by anybody.
        const forged = await post(signed(url, form, "another token"));
        expect([401, 403]).toContain(forged.status());
        // Twice, as carriers do.
        for (let times = 0; times < 2; times++) expect((await post(signed(url, form))).status()).toBe(200);
        await expect.poll(suppressed).toEqual([[way.channel, "stop"]]);
        const [contact] = (await (await api.get("/api/v1/contacts", { params: { q: gone } })).json()).contacts;
        await open(`/contacts/${contact.id}`);
        await expect(page.getByRole("region", { name: "Blocked" })).toContainText(`${way.label}Answered STOP`);

        const { campaign } = await makeReady(page, api, way, account.id, { addresses });
        await open(`/campaigns/${campaign.id}/edit/summary`);
        await expect(editor.counted("Blocked")).toHaveText("−1");
        await expect(editor.counted("Will be written to")).toHaveText("1");
        await sending.agree("Send now", "Send");
        await sending.becomes("Completed");
        await sending.comes((timeout) => expect(sending.state("unsent")).toHaveText("1", { timeout }));
        await expect(sending.state("submitted")).toHaveText("1");
        expect(await progress(api, campaign.id)).toMatchObject({ recipients: 2, submitted: 1, unsent: 1 });
    });
}
