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

    await page.keyboard.press("g");
    await page.keyboard.press("s");
    await expect(page).toHaveURL(/\/settings$/);
    await page.keyboard.press("g");
    await page.keyboard.press("r");
    await expect(page).toHaveURL(/\/reports\/messaging/);
    await page.keyboard.press("n");
    await expect(page).toHaveURL(/\/campaigns\/new\?kind=messaging$/);
});

test("a page made on the server asks the server for nothing more", async ({ page, open, calls }) => {
    for (const path of ["/reports/messaging", "/reports/interactive?range=all&status=completed", "/settings"]) {
        await open(path);
        await page.waitForLoadState("networkidle").catch(() => {});
        expect(calls, path).toEqual([]);
    }
});
