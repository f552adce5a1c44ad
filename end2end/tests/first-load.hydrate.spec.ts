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

test("a second visit is answered from the browser's copy", async ({ page, request }) => {
    await page.goto("/reports/messaging");
    const first = await request.get("/pkg/reportage.wasm", { headers: { "accept-encoding": "br" } });
    expect(first.headers()["content-type"]).toBe("application/wasm");
    const again = await request.get("/pkg/reportage.wasm", {
        headers: { "accept-encoding": "br", "if-none-match": first.headers()["etag"] },
    });
    expect(again.status()).toBe(304);
});
