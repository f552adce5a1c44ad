import { test as base, expect, type APIRequestContext, type CDPSession, type Page, type Route } from "@playwright/test";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { stateFile } from "./state";

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** The live stream. */
const LIVE = /\/live\?/;

/** Addresses axe has seen in this worker. */
const looked = new Set<string>();

/** What a browser says when something is wrong; a test that provokes one lists it in `expectedErrors`. */
class Console {
    readonly complaints: string[] = [];
    readonly expected: RegExp[] = [];

    watch(page: Page) {
        page.on("console", (message) => {
            const text = message.text();
            const isHydration = /hydrat/i.test(text);
            if (message.type() === "error" || isHydration) this.complaints.push(`console ${message.type()}: ${text}`);
        });
        page.on("pageerror", (error) => this.complaints.push(`uncaught: ${error.message}`));
    }

    unexpected() {
        return this.complaints.filter((complaint) => !this.expected.some((pattern) => pattern.test(complaint)));
    }
}

/** Requests of server functions. The browser names the document that made each, so those of the page before don't count. */
class Calls {
    private readonly made: { path: string; document: string }[] = [];

    private constructor(private readonly browser: CDPSession) {}

    static async of(page: Page) {
        const calls = new Calls(await page.context().newCDPSession(page));
        calls.browser.on("Network.requestWillBeSent", ({ request, loaderId }) => {
            const { pathname } = new URL(request.url);
            if (pathname.startsWith("/ui/")) calls.made.push({ path: pathname, document: loaderId });
        });
        await calls.browser.send("Network.enable");
        return calls;
    }

    /** Paths of those that the present document has made so far. */
    async here() {
        const { frameTree } = await this.browser.send("Page.getFrameTree");
        return this.made.filter((call) => call.document === frameTree.frame.loaderId).map((call) => call.path);
    }
}

interface Fixtures {
    /** The console of the test's page, which must stay clean. */
    clean: Console;
    /** Opens a path, waits until clicks work (at once without JavaScript), and looks at it as axe does. */
    open: (path: string) => Promise<void>;
    /** Requests of server functions by the page that is open. */
    calls: Calls;
    /** Fails on serious and critical accessibility violations of the page as it is now. */
    accessible: (context?: string) => Promise<void>;
    /** The public API with a token of all scopes. */
    api: APIRequestContext;
}

export const test = base.extend<Fixtures>({
    clean: [
        async ({ page }, use) => {
            const watched = new Console();
            watched.watch(page);
            await use(watched);
            expect(watched.unexpected(), "the console must stay clean").toEqual([]);
        },
        { auto: true },
    ],

    open: async ({ page, javaScriptEnabled, calls, accessible }, use, { project }) => {
        await use(async (path) => {
            if (!javaScriptEnabled) {
                await page.goto(path);
                return;
            }
            // What other tests change meanwhile comes by the live stream, and may be a reason to ask: it has to wait.
            let letGo = () => {};
            const lookedAt = new Promise<void>((resolve) => (letGo = resolve));
            const hold = async (route: Route) => {
                await lookedAt;
                await route.continue().catch(() => {});
            };
            await page.route(LIVE, hold);
            try {
                await page.goto(path);
                await hydrated(page);
                expect(await calls.here(), "a page made on the server asks for nothing more").toEqual([]);
            } finally {
                letGo();
                await page.unroute(LIVE, hold);
            }
            // One look at each address is enough, but each address gets one.
            const shape = `${project.name} ${path.replace(/\?.*/, "")}`;
            if (looked.has(shape)) return;
            looked.add(shape);
            await accessible();
        });
    },

    calls: async ({ page }, use) => use(await Calls.of(page)),

    accessible: async ({ page, javaScriptEnabled }, use) => {
        await use(async (context) => {
            if (!javaScriptEnabled) return;
            // What fades in has its colours at the end.
            await expect(page.locator("[aria-busy=true]:visible")).toHaveCount(0);
            await page.evaluate(() =>
                Promise.allSettled(
                    document
                        .getAnimations()
                        .filter((animation) => animation.effect?.getComputedTiming().endTime !== Infinity)
                        .map((animation) => animation.finished),
                ),
            );
            // Not addScriptTag: the page's content security policy rightly refuses it.
            await page.evaluate(axeSource);
            const violations = await page.evaluate(async (context) => {
                const axe = (window as unknown as { axe: { run: Function } }).axe;
                const { violations } = await axe.run(context ?? document, {
                    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
                });
                return violations
                    .filter((v: { impact: string }) => v.impact === "serious" || v.impact === "critical")
                    .map((v: { id: string; nodes: { target: string[]; failureSummary: string }[] }) => ({
                        rule: v.id,
                        nodes: v.nodes.slice(0, 5).map((node) => `${node.target.join(" ")}: ${node.failureSummary}`),
                    }));
            }, context);
            expect(violations, "axe: serious and critical violations").toEqual([]);
        });
    },

    api: async ({ playwright, baseURL }, use) => {
        const token = readFileSync(stateFile("token"), "utf8");
        const context = await playwright.request.newContext({
            baseURL,
            extraHTTPHeaders: { authorization: `Bearer ${token}` },
        });
        await use(context);
        await context.dispose();
    },
});

/** Resolves when the WebAssembly side has taken over. */
export async function hydrated(page: Page) {
    await expect(page.locator("html")).toHaveAttribute("data-hydrated", "true");
}

export { expect };
