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
    // A ratchet, not a budget met: see "Known debts" in ARCHITECTURE.md.
    expect([...bytes.values()].reduce((sum, size) => sum + size, 0)).toBeLessThan(520_000);
});

const LATER = /\/pkg\/later-[0-9a-f]{8}\.wasm$/;

test("the program's second part comes with the first page that needs it, once, and without a new document", async ({ page }) => {
    const parts: string[] = [];
    page.on("request", (request) => {
        if (LATER.test(request.url())) parts.push(request.url());
    });
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
    expect(parts).toHaveLength(1);
    await expect(page.locator("html")).toHaveAttribute("data-same", "yes");
});

test("a page of the second part has it fetched beside the first, once, and for good", async ({ page }) => {
    const parts: string[] = [];
    page.on("request", (request) => {
        if (LATER.test(request.url())) parts.push(request.url());
    });
    const answer = page.waitForResponse(LATER);
    const document = await page.goto("/contacts");
    await hydrated(page);
    const part = await answer;
    expect(part.headers()["content-type"]).toBe("application/wasm");
    expect(part.headers()["content-encoding"]).toBe("br");
    expect(part.headers()["cache-control"]).toContain("immutable");
    expect(await document!.text()).toContain(`href="${new URL(part.url()).pathname}"`);
    expect(parts).toHaveLength(1);
});

test("a page that outlived its server's version goes on in a new document", async ({ page, clean }) => {
    clean.expected.push(/status of 404|WebAssembly|fetch/i);
    await page.goto("/reports/messaging");
    await hydrated(page);
    await page.evaluate(() => (document.documentElement.dataset.same = "yes"));
    await page.route(LATER, (route) => route.fulfill({ status: 404 }), { times: 1 });
    await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Contacts" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Contacts");
    await hydrated(page);
    await expect(page).toHaveURL(/\/contacts$/);
    await expect(page.locator("html")).not.toHaveAttribute("data-same", "yes");
});

test("without the second part its pages show what stands in for scripts", async ({ page, clean }) => {
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
