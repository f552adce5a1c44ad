import { expect, test } from "../support/fixtures";

test("the navigation has what is built, and says where one is", async ({ page, open }) => {
    await open("/reports/messaging");
    const main = page.getByRole("navigation", { name: "Main" });
    await expect(main.getByRole("link")).toHaveText(["Performance Reports", "Contacts", "Settings"]);
    await expect(main.getByRole("link", { name: "Performance Reports" })).toHaveAttribute("aria-current", "page");
    await expect(page).toHaveTitle("Performance Reports · Reportage");
    await expect(page.getByText("Aurora Retail (demonstration)").first()).toBeVisible();
});

test("the skip link is first, and leads to the content", async ({ page, open }) => {
    await open("/reports/messaging");
    await page.keyboard.press("Tab");
    const skip = page.getByRole("link", { name: "Skip to content" });
    await expect(skip).toBeFocused();
    await expect(skip).toBeInViewport();
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(/#main$/);
    await expect(page.getByRole("main")).toBeFocused();
});

test("an address that leads nowhere says so", async ({ page, clean }) => {
    clean.expected.push(/status of 404/);
    const answer = await page.goto("/reports/nothing-here");
    expect(answer?.status()).toBe(404);
    await expect(page.getByText("There is no page at this address")).toBeVisible();
    await page.getByRole("main").getByRole("link", { name: "Performance Reports" }).click();
    await expect(page).toHaveURL(/\/reports\/messaging/);
});

for (const width of [390, 768, 1024, 1440, 1920]) {
    test(`nothing sticks out at ${width} px`, async ({ page, open }) => {
        await page.setViewportSize({ width, height: 900 });
        await open("/reports/messaging?range=all");
        const box = await page.getByRole("list", { name: "Campaigns" }).boundingBox();
        expect(box!.x).toBeGreaterThanOrEqual(0);
        expect(box!.x + box!.width).toBeLessThanOrEqual(width);
    });
}
