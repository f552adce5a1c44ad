// The worker that shows notifications, in a real browser. Chromium can't reach a push service from here, so messages come
// through DevTools, which wakes the worker as a push service would.
import type { BrowserContext, Page, Worker } from "@playwright/test";

/** The worker of a page that registers one, or has. */
export async function workerOf(context: BrowserContext): Promise<Worker> {
    return context.serviceWorkers()[0] ?? (await context.waitForEvent("serviceworker"));
}

/** Hands messages to the worker of a page, as the browser does once it has decrypted them. */
export async function deliverer(page: Page): Promise<(data: string) => Promise<void>> {
    const cdp = await page.context().newCDPSession(page);
    const registered = new Promise<string>((resolve) =>
        cdp.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => {
            const own = registrations.find(({ isDeleted }) => !isDeleted);
            if (own) resolve(own.registrationId);
        }),
    );
    await cdp.send("ServiceWorker.enable");
    const registrationId = await registered;
    const { origin } = new URL(page.url());
    return async (data) => void (await cdp.send("ServiceWorker.deliverPushMessage", { origin, registrationId, data }));
}

/** Notifications that are shown. */
export const shown = (worker: Worker) =>
    worker.evaluate(async () => {
        const { registration } = globalThis as unknown as ServiceWorkerGlobalScope;
        return (await registration.getNotifications()).map(({ title, body, tag }) => ({ title, body, tag }));
    });

/** What the system does when somebody touches a notification. */
export const touch = (worker: Worker, type: string) =>
    worker.evaluate(async (type) => {
        const scope = globalThis as unknown as ServiceWorkerGlobalScope;
        const [notification] = await scope.registration.getNotifications();
        scope.dispatchEvent(new NotificationEvent(type, { notification }));
    }, type);
