import { find, uniqueWord } from "../support/campaigns";
import { expect, test } from "../support/fixtures";
import { stateFile } from "../support/state";

test("a new campaign is made in the page", async ({ page, open, api }) => {
    const name = `Made by hand ${uniqueWord()}`;
    await open("/reports/messaging");
    await page.getByRole("main").getByRole("link", { name: "New campaign" }).click();
    await expect(page).toHaveURL(/\/campaigns\/new\?kind=messaging/);
    await page.getByRole("textbox", { name: "Name", exact: true }).fill(name);
    await page.getByLabel("Type").selectOption({ label: "WhatsApp" });
    await page.getByRole("radio", { name: /^Another platform sends it/ }).check();
    await page.getByLabel("Sender").fill("Aurora Care");
    await page.getByRole("button", { name: "Create campaign" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(name);
    await expect(page).toHaveURL(/\/campaigns\/\w+\/details/);
    const [made] = await find(api, { q: name });
    expect(made).toMatchObject({ name, type: "whatsapp", sender: "Aurora Care", status: "pending" });
});

test.describe("as a viewer", () => {
    test.use({ storageState: async ({}, use) => use(stateFile("viewer.json")) });
    test("there is no form", async ({ page, open }) => {
        await open("/campaigns/new?kind=messaging");
        await expect(page.getByRole("heading", { level: 1 })).toHaveText("New campaign");
        await expect(page.getByRole("button", { name: "Create campaign" })).toHaveCount(0);
    });
});
