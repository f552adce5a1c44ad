import type { Page } from "@playwright/test";
import { expect, hydrated, test } from "../support/fixtures";

test("the list loads without charts, without server functions and no larger than it was", async ({ page }) => {
    const bytes = new Map<string, number>();
    const paths: string[] = [];
    page.on("response", async (response) => {
        const path = new URL(response.url()).pathname;
        paths.push(path);
        if (path.startsWith("/pkg/")) bytes.set(path, Number(response.headers()["content-length"] ?? 0));
    });
    await page.goto("/reports/messaging");
    await hydrated(page);
    expect(paths.filter((path) => path.includes("echarts"))).toEqual([]);
    expect(paths.filter((path) => path.startsWith("/ui/"))).toEqual([]);
    expect([...bytes.keys()].sort()).toEqual(["/pkg/reportage.css", "/pkg/reportage.js", "/pkg/reportage.wasm"]);
    // A ratchet at what it is today, well below the budget of 450,000.
    expect([...bytes.values()].reduce((sum, size) => sum + size, 0)).toBeLessThan(350_000);
});

/** A part of the program that is not in the first load, or what two of them share. */
const LATER = /\/pkg\/later-(\w+)-[0-9a-f]{8}\.wasm$/;

function partsAskedFor(page: Page) {
    const parts: string[] = [];
    page.on("request", (request) => {
        const name = LATER.exec(request.url())?.[1];
        if (name) parts.push(name.replace(/chunk_\d+/, "shared"));
    });
    return parts;
}

test("a part of the program comes with the first page that needs it, once, and without a new document", async ({ page }) => {
    const parts = partsAskedFor(page);
    const links = page.getByRole("navigation", { name: "Main" });
    const heading = page.getByRole("heading", { level: 1 });
    await page.goto("/reports/messaging");
    await hydrated(page);
    await page.evaluate(() => (document.documentElement.dataset.same = "yes"));
    expect(parts).toEqual([]);

    await links.getByRole("link", { name: "Contacts" }).click();
    await expect(heading).toHaveText("Contacts");
    await links.getByRole("link", { name: "Settings" }).click();
    await expect(heading).toHaveText("Settings");
    await links.getByRole("link", { name: "Performance Reports" }).click();
    await expect(heading).toHaveText("Performance Reports");
    await page.goBack();
    await expect(heading).toHaveText("Settings");
    expect(parts.sort()).toEqual(["office", "shared"]);
    await expect(page.locator("html")).toHaveAttribute("data-same", "yes");
});

test("a page has its part fetched beside the first, once, and for good", async ({ page }) => {
    const parts = partsAskedFor(page);
    const answer = page.waitForResponse(LATER);
    const document = await page.goto("/contacts");
    await hydrated(page);
    const part = await answer;
    expect(part.headers()["content-type"]).toBe("application/wasm");
    expect(part.headers()["content-encoding"]).toBe("br");
    expect(part.headers()["cache-control"]).toContain("immutable");
    expect(await document!.text()).toContain(`href="${new URL(part.url()).pathname}"`);
    expect(parts.sort()).toEqual(["office", "shared"]);
});

test("a page that outlived its server's version goes on in a new document", async ({ page, clean }) => {
    clean.expected.push(/status of 404|WebAssembly|fetch/i);
    await page.goto("/reports/messaging");
    await hydrated(page);
    await page.evaluate(() => (document.documentElement.dataset.same = "yes"));
    await page.route(LATER, (route) => route.fulfill({ status: 404 }), { times: 2 });
    await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Contacts" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Contacts");
    await hydrated(page);
    await expect(page).toHaveURL(/\/contacts$/);
    await expect(page.locator("html")).not.toHaveAttribute("data-same", "yes");
});

test("a page whose part cannot be loaded shows what stands in for scripts", async ({ page, clean }) => {
    clean.expected.push(/Failed to load|ERR_FAILED|fetch|could not be loaded/i);
    await page.route(LATER, (route) => route.abort());
    await page.goto("/contacts");
    await expect(page.locator("html")).not.toHaveClass(/\bjs\b/);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Contacts");
    await expect(page.locator("html")).not.toHaveAttribute("data-hydrated", "true");
});

test("a second visit is answered from the browser's copy", async ({ page, request }) => {
    await page.goto("/reports/messaging");
    const first = await request.get("/pkg/reportage.wasm", { headers: { "accept-encoding": "br" } });
    expect(first.headers()["content-type"]).toBe("application/wasm");
    const again = await request.get("/pkg/reportage.wasm", {
        headers: { "accept-encoding": "br", "if-none-match": first.headers()["etag"] },
    });
    expect(again.status()).toBe(304);
});
