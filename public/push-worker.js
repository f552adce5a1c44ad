// Shows what Reportage sends to this browser, and tells it what became of that.
//
// A service worker of the page that subscribed. A site of your own serves a file with one line:
//     importScripts("https://YOUR-REPORTAGE/push-worker.js");
//
// What arrives is JSON, decrypted by the browser:
//     { title, body, image, link, kind, data, geo: { latitude, longitude, radius_m }, report, message }
// "regular" and "deeplink" are shown here. "in_app", "geo" and "data" are a page's to handle (push.js): a worker has no
// page to draw on and can't ask where the device is. They are offered to open pages, and kept for the next one otherwise.
// A browser may show a notice of its own for a message that shows nothing, and Safari ends the subscription after
// some of these: use them where a page is usually open.
"use strict";

(() => {
    const STORE = "reportage-push";
    const KEPT = "/reportage-push/kept/";
    const CONFIG = "/reportage-push/config";
    const KEPT_MAX = 20;
    const KEPT_FOR_MS = 3 * 24 * 60 * 60 * 1000;
    const PAGE_IS_THERE_WITHIN_MS = 1_000;
    const PAGE_ANSWERS_WITHIN_MS = 10_000;
    const RETRY_AFTER_MS = 2_000;

    const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

    /**
     * What is for pages happens one after the other, as it came: a page that asks while a message is being offered to
     * another would miss it, and two rounds at once would change the order.
     */
    let last = Promise.resolve();
    const inTurn = (deed) => (last = last.catch(() => {}).then(deed));

    self.addEventListener("push", (event) => {
        const message = read(event.data);
        if (message) event.waitUntil(receive(message));
    });

    self.addEventListener("notificationclick", (event) => {
        const message = event.notification.data?.reportage;
        if (!message) return;
        event.notification.close();
        event.waitUntil(Promise.all([open(message.link), report(message, "clicked")]));
    });

    self.addEventListener("notificationclose", (event) => {
        const message = event.notification.data?.reportage;
        if (message) event.waitUntil(report(message, "closed"));
    });

    self.addEventListener("message", (event) => {
        const asked = event.data?.reportage;
        // Only from pages of this origin can a worker be spoken to.
        if (asked === "config") event.waitUntil(put(CONFIG, event.data.config));
        if (asked === "ready") event.waitUntil(inTurn(() => offerKept(event.source)));
    });

    // The push service gave the browser another address.
    self.addEventListener("pushsubscriptionchange", (event) => event.waitUntil(renew(event)));

    /** A message of ours, or nothing: the site's worker may get others' as well. */
    function read(data) {
        try {
            const message = data.json();
            return typeof message?.report === "string" && typeof message.message === "string" ? message : null;
        } catch {
            return null;
        }
    }

    async function receive(message) {
        if (message.kind === "in_app" || message.kind === "geo" || message.kind === "data") {
            await inTurn(async () => {
                const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
                if (!(await offer(message, pages))) await keep(message);
            });
        } else {
            await show(message);
        }
    }

    async function show(message) {
        await self.registration.showNotification(message.title || "", {
            body: message.body || "",
            image: message.image || undefined,
            // A message that was handed over twice replaces itself.
            tag: message.message,
            data: { ...message.data, reportage: { link: message.link, report: message.report } },
        });
        await report(message, "displayed");
    }

    /** Whether a page took it. Data go to all pages; the rest to the first that takes it, the one being looked at first. */
    async function offer(message, pages) {
        const rank = (page) => (page.focused ? 0 : page.visibilityState === "visible" ? 1 : 2);
        let isTaken = false;
        for (const page of [...pages].sort((a, b) => rank(a) - rank(b))) {
            const answer = await ask(page, message);
            if (answer === "shown") await report(message, "displayed");
            if (answer === "show") await show(message);
            isTaken ||= answer === "taken" || answer === "shown" || answer === "show";
            if (isTaken && message.kind !== "data") return true;
        }
        return isTaken;
    }

    /**
     * What a page makes of a message: "taken", "shown" (by the page), "show" (the worker is to show it: the device is inside
     * the circle), "outside", or nothing when the page doesn't know push.js. One that does says "here" at once.
     */
    function ask(page, message) {
        const { port1, port2 } = new MessageChannel();
        let isThere = false;
        const answer = new Promise((resolve) => {
            port1.onmessage = ({ data }) => {
                if (data === "here") isThere = true;
                else resolve(data);
            };
        });
        const silence = wait(PAGE_IS_THERE_WITHIN_MS).then(() => (isThere ? wait(PAGE_ANSWERS_WITHIN_MS) : undefined));
        page.postMessage({ reportage: "message", message }, [port2]);
        return Promise.race([answer, silence]);
    }

    async function keep(message) {
        await put(`${KEPT}${message.message}`, { message, until: Date.now() + KEPT_FOR_MS });
        const store = await caches.open(STORE);
        const kept = (await store.keys()).filter((request) => new URL(request.url).pathname.startsWith(KEPT));
        await Promise.all(kept.slice(0, Math.max(0, kept.length - KEPT_MAX)).map((request) => store.delete(request)));
    }

    /** A page has opened: it gets what was kept. */
    async function offerKept(page) {
        const store = await caches.open(STORE);
        for (const request of await store.keys()) {
            if (!new URL(request.url).pathname.startsWith(KEPT)) continue;
            const { message, until } = await (await store.match(request)).json();
            // Taken out first: two pages that open at once must not both show it.
            if (!(await store.delete(request)) || Date.now() > until) continue;
            if (!(await offer(message, [page]))) await put(`${KEPT}${message.message}`, { message, until });
        }
    }

    async function put(path, value) {
        const store = await caches.open(STORE);
        await store.put(path, new Response(JSON.stringify(value)));
    }

    /** Tells what happened, once more when that fails. */
    async function report(message, event) {
        for (const before of [0, RETRY_AFTER_MS]) {
            if (before) await wait(before);
            try {
                const answer = await fetch(message.report, {
                    method: "POST",
                    headers: { "content-type": "application/json" },
                    body: JSON.stringify({ event }),
                    keepalive: true,
                    credentials: "omit",
                });
                if (answer.status < 500) return;
            } catch {
                // Off line, most likely.
            }
        }
    }

    /** Opens a web address. A place inside an app means nothing to a browser: the site's first page then. */
    async function open(link) {
        let url = new URL("/", self.location.origin);
        try {
            const wanted = new URL(link || "/", self.location.origin);
            if (wanted.protocol === "https:" || wanted.protocol === "http:") url = wanted;
        } catch {
            // No address at all.
        }
        const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
        const same = pages.find((page) => page.url === url.href);
        await (same ? same.focus() : self.clients.openWindow(url.href));
    }

    async function renew(event) {
        const store = await caches.open(STORE);
        const config = await (await store.match(CONFIG))?.json();
        const old = event.oldSubscription;
        if (!config?.server || !(event.newSubscription || old)) return;
        const subscription = event.newSubscription ?? (await self.registration.pushManager.subscribe(old.options));
        const tell = (path, body) =>
            fetch(`${config.server}/${path}`, {
                method: "POST",
                headers: { "content-type": "application/json" },
                body: JSON.stringify(body),
                credentials: "omit",
            });
        await tell("subscribe", { ...config.contact, ...subscription.toJSON() });
        if (old && old.endpoint !== subscription.endpoint) await tell("unsubscribe", old.toJSON());
    }
})();
