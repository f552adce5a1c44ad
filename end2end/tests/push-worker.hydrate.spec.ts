// What the service worker and push.js do in a real browser. Messages come through DevTools; everything after that is real.
import { createServer, type Server } from "node:http";
import { readFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, test as base, type BrowserContext, type Page, type Worker } from "@playwright/test";
import { deliverer, shown, touch, workerOf } from "../support/service-worker";

type Told = { path: string; body: unknown };

/** A site that serves the two scripts with the server's policies, and keeps what it is told. */
class Site {
    readonly told: Told[] = [];
    /** Answers with 503 so many times. */
    broken = 0;
    #server: Server;

    constructor() {
        const files: Record<string, string> = { "/push-worker.js": "push-worker.js", "/push.js": "push.js" };
        this.#server = createServer(async (request, response) => {
            const { pathname } = new URL(request.url!, "http://site");
            if (request.method === "POST") {
                let body = "";
                for await (const piece of request) body += piece;
                const isBroken = this.broken-- > 0;
                this.told.push({ path: pathname, body: JSON.parse(body) });
                response.writeHead(isBroken ? 503 : 204).end();
            } else if (files[pathname]) {
                const code = await readFile(join(import.meta.dirname, "../../public", files[pathname]));
                response
                    .writeHead(200, {
                        "content-type": "text/javascript",
                        "content-security-policy": "default-src 'none'; connect-src 'self'; frame-ancestors 'none'",
                    })
                    .end(code);
            } else if (pathname === "/push/acc/key") {
                response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ key: KEY }));
            } else {
                response.writeHead(200, { "content-type": "text/html" }).end(PAGE);
            }
        });
    }

    async start() {
        await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
        return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    }

    stop() {
        this.#server.closeAllConnections();
        this.#server.close();
    }

    events(report: string) {
        return this.told.filter(({ path }) => path === report).map(({ body }) => (body as { event: string }).event);
    }
}

const KEY = "BLn9b-VR0ca83knDNZ32dCHGyjJp-1riX9ZTN40MqV8K_LpQmLqxC_DoHvqvFXO_nGdAB4W9dogZb_sM-uV4JbY";
const PAGE = `<!doctype html><title>Shop</title><script src="/push.js"></script>
<main data-push="/push/acc">
  <p data-when="unsupported">no push here</p><p data-when="denied">denied</p>
  <form data-when="unsubscribed"><input name="name" aria-label="Name"><button>Subscribe</button></form>
  <p data-when="subscribed">you are subscribed <button data-leave>Leave</button></p>
  <p data-when="failed" data-why></p>
</main>`;

type Shop = { site: Site; origin: string; page: Page; worker: Worker; push(message: object): Promise<void> };

async function serviceWorker(context: BrowserContext, page: Page): Promise<Worker> {
    await page.evaluate(async () => {
        await navigator.serviceWorker.register("/push-worker.js");
        await navigator.serviceWorker.ready;
    });
    return workerOf(context);
}

const test = base.extend<{ shop: Shop }>({
    shop: async ({ browser }, use) => {
        const site = new Site();
        const origin = await site.start();
        const context = await browser.newContext();
        await context.grantPermissions(["notifications"], { origin });
        const page = await context.newPage();
        await page.goto(`${origin}/`);
        const worker = await serviceWorker(context, page);
        const deliver = await deliverer(page);
        const push = (message: object) =>
            deliver(JSON.stringify({ report: `${origin}/t/push/one`, message: "m1", title: "", body: "", ...message }));
        await use({ site, origin, page, worker, push });
        await context.close();
        site.stop();
    },
});

test("a message is shown once, and told of", async ({ shop: { site, worker, push } }) => {
    await push({ kind: "regular", title: "Hello", body: "Until six" });
    await expect.poll(() => site.events("/t/push/one")).toEqual(["displayed"]);
    expect(await shown(worker)).toEqual([{ title: "Hello", body: "Until six", tag: "m1" }]);
    await push({ kind: "regular", title: "Hello", body: "Until six" });
    await expect.poll(() => site.events("/t/push/one")).toHaveLength(2);
    expect(await shown(worker), "the same message replaces itself").toHaveLength(1);
});

test("touching it and sending it away are told of", async ({ shop: { site, origin, page, worker, push } }) => {
    await push({ kind: "deeplink", title: "Hello", link: `${origin}/offers` });
    await expect.poll(() => site.events("/t/push/one")).toEqual(["displayed"]);
    await touch(worker, "notificationclose");
    await expect.poll(() => site.events("/t/push/one")).toEqual(["displayed", "closed"]);
    await touch(worker, "notificationclick");
    await expect.poll(() => site.events("/t/push/one")).toEqual(["displayed", "closed", "clicked"]);
    expect(await shown(worker), "it is gone").toEqual([]);
    expect(page.url()).toBe(`${origin}/`);
});

test("a report that fails is repeated once", async ({ shop: { site, push } }) => {
    site.broken = 1;
    await push({ kind: "regular", title: "Hello" });
    await expect.poll(() => site.events("/t/push/one")).toEqual(["displayed", "displayed"]);
});

test("what isn't ours is left alone", async ({ shop: { site, origin, worker, push } }) => {
    await push({ report: 7, title: "Somebody else's" });
    await push({ kind: "regular", title: "Ours", report: `${origin}/t/push/two` });
    await expect.poll(() => site.events("/t/push/two")).toEqual(["displayed"]);
    expect((await shown(worker)).map(({ title }) => title)).toEqual(["Ours"]);
});

test("an in-app message goes to the open page", async ({ shop: { site, page, worker, push } }) => {
    await page.evaluate(() => {
        const { Reportage } = window as unknown as { Reportage: { onMessage(take: (m: { title: string }) => boolean): void } };
        Reportage.onMessage((message) => {
            document.title = message.title;
            return true;
        });
    });
    await push({ kind: "in_app", title: "Inside" });
    await expect(page).toHaveTitle("Inside");
    await expect.poll(() => site.events("/t/push/one")).toEqual(["displayed"]);
    expect(await shown(worker)).toEqual([]);
});

test("an in-app message waits for a page", async ({ shop: { site, origin, page, worker, push } }) => {
    // No page of ours is open; the one that is doesn't handle messages.
    await push({ kind: "in_app", title: "Later" });
    await push({ kind: "in_app", title: "Much later", message: "m2" });
    await page.goto(`${origin}/again`);
    await page.evaluate(() => {
        const { Reportage } = window as unknown as { Reportage: { onMessage(take: (m: { title: string }) => boolean): void } };
        Reportage.onMessage((message) => {
            document.title += `, ${message.title}`;
            return true;
        });
    });
    await expect(page).toHaveTitle("Shop, Later, Much later");
    await expect.poll(() => site.events("/t/push/one")).toEqual(["displayed", "displayed"]);
    expect(await shown(worker)).toEqual([]);
});

test("a message for a place is shown inside the circle, and not outside", async ({ shop: { site, origin, page, worker, push } }) => {
    const circle = (latitude: string) => ({ kind: "geo", title: latitude, geo: { latitude, longitude: "13.405", radius_m: 500 } });
    await page.context().grantPermissions(["notifications", "geolocation"], { origin });
    await page.context().setGeolocation({ latitude: 52.52, longitude: 13.405 });
    await push(circle("52.53"));
    // 0.004 degrees are 445 metres.
    await push({ ...circle("52.524"), message: "m2" });
    await expect.poll(() => site.events("/t/push/one")).toEqual(["displayed"]);
    expect((await shown(worker)).map(({ title }) => title)).toEqual(["52.524"]);
    // Once there, the next page shows the other.
    await page.context().setGeolocation({ latitude: 52.53, longitude: 13.405 });
    await page.reload();
    await expect.poll(() => site.events("/t/push/one")).toEqual(["displayed", "displayed"]);
    expect((await shown(worker)).map(({ title }) => title).sort()).toEqual(["52.524", "52.53"]);
});

test("a page subscribes a browser and ends it", async ({ shop: { site, page } }) => {
    // The one part that can't be real here: the push service's answer to the browser.
    await page.evaluate(() => {
        let held: object | null = null;
        PushManager.prototype.subscribe = async (options) => {
            const key = options?.applicationServerKey as Uint8Array;
            held = {
                endpoint: "https://updates.push.services.mozilla.com/wpush/v2/x",
                options: { applicationServerKey: key.buffer },
                toJSON: () => ({ endpoint: "https://updates.push.services.mozilla.com/wpush/v2/x", expirationTime: null, keys: { p256dh: "p", auth: "a" } }),
                unsubscribe: async () => ((held = null), true),
            };
            return held as PushSubscription;
        };
        PushManager.prototype.getSubscription = async () => held as PushSubscription;
    });
    await page.getByLabel("Name").fill("Zoë");
    await page.getByRole("button", { name: "Subscribe" }).click();
    await expect(page.getByText("you are subscribed")).toBeVisible();
    const keys = { p256dh: "p", auth: "a" };
    const endpoint = "https://updates.push.services.mozilla.com/wpush/v2/x";
    expect(site.told).toEqual([{ path: "/push/acc/subscribe", body: { name: "Zoë", endpoint, expirationTime: null, keys } }]);
    await page.getByRole("button", { name: "Leave" }).click();
    await expect(page.getByRole("button", { name: "Subscribe" })).toBeVisible();
    expect(site.told.at(-1)).toEqual({ path: "/push/acc/unsubscribe", body: { endpoint, expirationTime: null, keys } });
});
