import { expect, hydrated, test } from "../support/fixtures";

test("a theme is chosen, kept, and there before the first paint", async ({ page, open, accessible }) => {
    const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    await page.emulateMedia({ colorScheme: "light" });
    await open("/reports/messaging");
    const light = await background();
    await page.getByRole("button", { name: /^Account of/ }).click();
    const theme = page.getByRole("group", { name: "Theme" });
    await expect(theme.getByRole("button", { name: "System" })).toHaveAttribute("aria-pressed", "true");
    await theme.getByRole("button", { name: "Dark" }).click();
    await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
    const dark = await background();
    expect(dark).not.toBe(light);
    await accessible();

    // Noted from the moment there is a body until the WebAssembly side is there: one colour, never the other.
    await page.addInitScript(() => {
        const seen: string[] = ((window as never as { seen: string[] }).seen = []);
        const look = () => {
            if (document.body) seen.push(getComputedStyle(document.body).backgroundColor);
            requestAnimationFrame(look);
        };
        look();
    });
    await page.reload();
    await hydrated(page);
    const seen = await page.evaluate(() => (window as never as { seen: string[] }).seen);
    expect([...new Set(seen)]).toEqual([dark]);
    await page.getByRole("button", { name: /^Account of/ }).click();
    await expect(theme.getByRole("button", { name: "Dark" })).toHaveAttribute("aria-pressed", "true");

    await theme.getByRole("button", { name: "System" }).click();
    await expect.poll(background).toBe(light);
    await page.emulateMedia({ colorScheme: "dark" });
    await expect.poll(background).toBe(dark);
});

test("keys go places", async ({ page, open, accessible }) => {
    await open("/reports/interactive");
    await page.keyboard.press("/");
    const search = page.getByRole("searchbox");
    await expect(search).toBeFocused();
    // What is typed into a field is no shortcut.
    await page.keyboard.type("g r n ?");
    await expect(search).toHaveValue("g r n ?");
    await search.blur();

    await page.keyboard.press("?");
    const help = page.getByRole("dialog", { name: "Keyboard shortcuts" });
    await expect(help).toBeVisible();
    await accessible();
    await page.keyboard.press("Escape");
    await expect(help).toBeHidden();

    // The two keys belong together for a moment only, which a crowded processor may let pass between them.
    for (const [key, address] of [
        ["s", /\/settings$/],
        ["c", /\/contacts$/],
        ["r", /\/reports\/messaging/],
    ] as const) {
        await expect(async () => {
            await page.keyboard.press("g");
            await page.keyboard.press(key);
            await expect(page).toHaveURL(address, { timeout: 2_000 });
        }).toPass();
    }
    await page.keyboard.press("n");
    await expect(page).toHaveURL(/\/campaigns\/new\?kind=messaging$/);
});

test("a page made on the server asks the server for nothing more", async ({ page, open, calls }) => {
    for (const path of ["/reports/messaging", "/reports/interactive?range=all&status=completed", "/settings"]) {
        await open(path);
        await page.waitForLoadState("networkidle").catch(() => {});
        expect(await calls.here(), path).toEqual([]);
    }
});

test("a shortcut with nothing to do here is the browser's", async ({ page, open }) => {
    await open("/settings");
    const prevented = (key: string) =>
        page.evaluate((key) => {
            const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
            document.body.dispatchEvent(event);
            return event.defaultPrevented;
        }, key);
    expect(await prevented("/")).toBe(false);
    expect(await prevented("n")).toBe(false);
    await open("/reports/messaging");
    expect(await prevented("/")).toBe(true);
});

test("on another page the heading has the keyboard, and on a first page nobody is moved", async ({ page, open }) => {
    await open("/reports/messaging");
    const heading = page.getByRole("heading", { level: 1 });
    await expect(heading).not.toBeFocused();
    await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Settings" }).click();
    await expect(heading).toHaveText("Settings");
    await expect(heading).toBeFocused();
    await expect(page.getByRole("main").locator("> [aria-live=polite]")).toHaveText("Settings");
    await page.goBack();
    await expect(heading).toHaveText("Performance Reports");
    await expect(heading).toBeFocused();
});

test("a page whose program can't be loaded shows what stands in for it", async ({ page, clean }) => {
    clean.expected.push(/Failed to load|ERR_FAILED|fetch|WebAssembly|import/i);
    await page.route("**/pkg/reportage.wasm", (route) => route.abort());
    await page.goto("/reports/messaging");
    await expect(page.getByRole("search").getByRole("button", { name: "Search" })).toBeVisible();
    await expect(page.locator("html")).not.toHaveAttribute("data-hydrated", "true");
});
