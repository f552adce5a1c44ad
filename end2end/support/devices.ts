import { expect, type APIRequestContext, type Page } from "@playwright/test";
import { createECDH, randomBytes } from "node:crypto";
import { addAccount } from "./sending";

/**
 * Subscribes browsers to an account of its own, as their pages would. Each belongs to a person with this name and a
 * number after it.
 */
export async function subscribe(page: Page, api: APIRequestContext, name: string, n: number) {
    await addAccount(page, "web_push", { Contact: "mailto:push@example.org" });
    const hook = await page.locator(".webhook").textContent();
    const key = new URL(hook!).pathname.split("/").pop();
    for (let at = 1; at <= n; at++) {
        const keys = createECDH("prime256v1");
        const answer = await api.post(`/push/${key}/subscribe`, {
            data: {
                endpoint: `https://fcm.googleapis.com/fcm/send/${randomBytes(16).toString("hex")}`,
                keys: { p256dh: keys.generateKeys().toString("base64url"), auth: randomBytes(16).toString("base64url") },
                name: `${name} ${at}`,
            },
        });
        expect(answer.status(), await answer.text()).toBe(200);
    }
}
