import { expect, type APIRequestContext } from "@playwright/test";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** A subscription as a browser has it, and what the double calls it. */
export interface Subscription {
    endpoint: string;
    keys: { p256dh: string; auth: string };
    clientHash: string;
}

/** npm `web-push-testing`: a push service and its browsers' keys, which decrypts what it gets as they would. */
export class PushService {
    private constructor(
        private readonly process: ChildProcess,
        private readonly base: string,
    ) {}

    /** Starts it on a free port of this machine; it ends with this process. */
    static async start(): Promise<PushService> {
        const script = join(import.meta.dirname, "../../server/carrier/tests/push/push-service.cjs");
        const modules = join(import.meta.dirname, "../doubles/node_modules");
        const child = spawn(process.execPath, [script], {
            env: { ...process.env, NODE_PATH: modules },
            stdio: ["pipe", "pipe", "ignore"],
        });
        const ended = once(child, "exit").then(() => {
            throw new Error("the push service ended; are its packages in doubles/?");
        });
        const lines = createInterface({ input: child.stdout! });
        const [port] = await Promise.race([once(lines, "line"), ended]);
        ended.catch(() => {});
        return new PushService(child, `http://127.0.0.1:${port}`);
    }

    stop() {
        this.process.stdin!.end();
    }

    private async post(api: APIRequestContext, path: string, data: object) {
        const answer = await api.post(`${this.base}${path}`, { data });
        expect(answer.status(), await answer.text()).toBe(200);
        return (await answer.json()).data;
    }

    /** A browser that takes messages signed with this key. */
    subscribe(api: APIRequestContext, publicKey: string): Promise<Subscription> {
        // The double wants the word.
        return this.post(api, "/subscribe", { userVisibleOnly: "true", applicationServerKey: publicKey });
    }

    /** What a browser got, decrypted. */
    async received(api: APIRequestContext, { clientHash }: Subscription): Promise<string[]> {
        return (await this.post(api, "/get-notifications", { clientHash })).messages;
    }
}
