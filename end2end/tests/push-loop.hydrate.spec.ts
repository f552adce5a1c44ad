// A push campaign from the page where a browser subscribes to the report, through npm `web-push-testing`. One step is done by
// hand: Chromium can't reach a push service from here, so what the double received and decrypted is handed to the worker.
import type { BrowserContext } from "@playwright/test";
import { create, detailsPath, uniqueWord } from "../support/campaigns";
import { expect, test } from "../support/fixtures";
import { Editor } from "../support/pages/editor";
import { ReportPage } from "../support/pages/report";
import { SendingPage } from "../support/pages/sending";
import { PushService, type Subscription } from "../support/push-service";
import { addAccount, draft, only, progress } from "../support/sending";
import { deliverer, shown, touch, workerOf } from "../support/service-worker";

let service: PushService;
test.beforeAll(async () => {
    service = await PushService.start();
});
test.afterAll(() => service?.stop());

/** Gives pages a subscription, as the browser's own push service would. */
async function subscribable(context: BrowserContext, subscription: Subscription) {
    const { endpoint, keys } = subscription;
    await context.addInitScript((json) => {
        let held: PushSubscription | null = null;
        PushManager.prototype.subscribe = async (options) =>
            (held = {
                endpoint: json.endpoint,
                options: { applicationServerKey: (options!.applicationServerKey as Uint8Array).buffer },
                toJSON: () => json,
                unsubscribe: async () => ((held = null), true),
            } as unknown as PushSubscription);
        PushManager.prototype.getSubscription = async () => held;
    }, { endpoint, keys });
}

test("a browser subscribes, is written to, shows it, is tapped, and leaves", async ({ page, open, api, browser, baseURL }) => {
    test.slow();
    const word = uniqueWord();
    const account = await addAccount(page, "web_push", {
        Contact: "mailto:push@example.org", "Further push services": "127.0.0.1",
    });
    const hook = new URL((await page.locator(".webhook").textContent())!);
    const key = hook.pathname.split("/").pop()!;
    const { key: publicKey } = await (await api.get(`/push/${key}/key`)).json();
    const subscription = await service.subscribe(api, publicKey);

    // Somebody with no session, on the page that the account has for that.
    const outside = await browser.newContext({ baseURL, storageState: { cookies: [], origins: [] } });
    await outside.grantPermissions(["notifications"], { origin: baseURL! });
    await subscribable(outside, subscription);
    const visitor = await outside.newPage();
    await visitor.goto(`/push/${key}`);
    await visitor.getByLabel("Your name").fill(`Visitor ${word}`);
    await visitor.getByRole("button", { name: "Get notifications" }).click();
    await expect(visitor.getByText("This browser gets notifications.")).toBeVisible();

    const make = async () => {
        const campaign = await create(api, { type: "push", sender: "Aurora app", name: `Push loop ${uniqueWord()}` });
        await draft(api, campaign.id, {
            account: account.id,
            sender: "Aurora app",
            audience: { kind: "filter", condition: { test: "attribute", name: "name", compare: "is", value: `Visitor ${word}` } },
            variants: only({
                channel: "push", kind: "deeplink", title: "Hello {{ name }}", body: "Warm, light, and back in stock",
                link: "https://aurora.example/coats",
            }),
        });
        return campaign;
    };
    const campaign = await make();
    await open(detailsPath(campaign));
    const sending = new SendingPage(page);
    await sending.agree("Send now");
    await sending.becomes("Completed");
    expect(await progress(api, campaign.id)).toMatchObject({ recipients: 1, submitted: 1, failed: 0, uncertain: 0 });

    const [text, ...more] = await service.received(api, subscription);
    expect(more).toEqual([]);
    const message = JSON.parse(text);
    expect(message).toMatchObject({ kind: "deeplink", title: `Hello Visitor ${word}`, body: "Warm, light, and back in stock" });
    expect(new URL(message.link).origin).toBe(hook.origin);
    expect(new URL(message.report).origin).toBe(hook.origin);

    // Nothing is known before the worker has it; then the report follows by itself.
    await open(`/reports/messaging/${campaign.id}?evidence=all`);
    const report = new ReportPage(page);
    await expect(report.value("Sent")).toHaveText("1");
    await expect(report.tile("Delivery rate")).not.toContainText("1 delivered");
    await sending.mark();
    const deliver = await deliverer(visitor);
    await deliver(text);
    const worker = await workerOf(outside);
    await expect.poll(() => shown(worker)).toEqual([
        { title: `Hello Visitor ${word}`, body: "Warm, light, and back in stock", tag: message.message },
    ]);
    await sending.comes((timeout) => expect(report.tile("Delivery rate")).toContainText("1 delivered", { timeout }));
    await expect(report.tile("Open rate")).not.toContainText("1 person");
    await touch(worker, "notificationclick");
    await sending.comes((timeout) => expect(report.tile("Open rate")).toContainText("1 person", { timeout }));
    await sending.wasNotLoadedAgain();

    // Whoever stops is written to no more.
    await visitor.getByRole("button", { name: "Stop notifications" }).click();
    await expect(visitor.getByRole("button", { name: "Get notifications" })).toBeVisible();
    await outside.close();
    const next = await make();
    await open(`/campaigns/${next.id}/edit/summary`);
    await expect(new Editor(page).obstacles).toContainText("Nobody of this audience can be written to.");
});
