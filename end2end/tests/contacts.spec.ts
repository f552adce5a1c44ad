import { uniqueWord } from "../support/campaigns";
import { expect, test } from "../support/fixtures";
import { stateFile } from "../support/state";

/** A number of Spain that no other test has. */
const number = () => `+346${Math.floor(10_000_000 + Math.random() * 89_999_999)}`;

test("a person is added, found, changed and deleted", async ({ page, open }) => {
    const name = `Ana ${uniqueWord()}`;
    const email = `${uniqueWord()}@example.org`;
    await open("/contacts/new");
    await page.getByLabel("Name", { exact: true }).fill(name);
    await page.getByRole("textbox", { name: "Email" }).fill(email);
    await page.getByLabel("Name of an attribute").first().fill("city");
    await page.getByLabel("Its value").first().fill("Madrid");
    await page.getByRole("group", { name: "What they agreed to" }).getByLabel("Email").selectOption("Agreed");
    await page.getByRole("button", { name: "Add contact" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(name);

    await open(`/contacts?q=${encodeURIComponent(name)}`);
    const row = page.getByRole("row").filter({ hasText: name });
    await expect(row).toContainText(email);
    await expect(row.getByRole("listitem")).toHaveText(["Email"]);
    await row.getByRole("link", { name }).click();
    await expect(page.getByLabel("Its value").first()).toHaveValue("Madrid");

    await page.getByRole("button", { name: "Delete" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await expect(page).toHaveURL(/\/contacts$/);
    await open(`/contacts?q=${encodeURIComponent(name)}`);
    await expect(page.getByText("Nobody matches")).toBeVisible();
});

test("an address is blocked, and taken off again after one question", async ({ page, open }) => {
    const address = number();
    await open("/contacts?tab=blocklist");
    await page.getByText("Block an address").click();
    await page.getByLabel(/^Number with/).fill(address);
    await page.getByRole("button", { name: "Block", exact: true }).click();
    const row = page.getByRole("row").filter({ hasText: address });
    await expect(row).toContainText("Blocked by an admin");
    await row.getByRole("button", { name: `Remove ${address}` }).click();
    await row.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
    await expect(row).toHaveCount(0);
});

test("a file is checked before it is imported", async ({ page, open, javaScriptEnabled }) => {
    // How far it is comes by itself; where there are no scripts, when the page is opened again.
    const comes = async (check: (timeout: number) => Promise<void>) => {
        if (javaScriptEnabled) return check(7_000);
        await expect(async () => {
            await page.reload();
            await check(500);
        }).toPass({ timeout: 7_000 });
    };
    const [list, good] = [`List ${uniqueWord()}`, `${uniqueWord()}@example.org`];
    const file = `E-mail,City\n${good},Madrid\nnot an address,Lisbon\n`;
    await open("/contacts/imports/new");
    await page.getByLabel("File").setInputFiles({ name: "people.csv", mimeType: "text/csv", buffer: Buffer.from(file) });
    await page.getByRole("button", { name: "Upload" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("people.csv");
    await expect(page.getByLabel("What E-mail means")).toHaveValue("email");
    await page.getByLabel("What City means").selectOption("Attribute");
    await page.getByLabel("Put everybody on the list").fill(list);
    await page.getByLabel("Email", { exact: true }).check();
    await page.getByRole("button", { name: "Check" }).click();
    await comes((timeout) => expect(page.getByRole("heading", { name: "Checked" })).toBeVisible({ timeout }));
    await expect(page.getByRole("region", { name: "1 error" })).toContainText("3");
    const download = page.waitForEvent("download");
    await page.getByRole("link", { name: "Download all errors" }).click();
    expect((await download).suggestedFilename()).toContain(".csv");
    await page.getByRole("button", { name: "Import 1 person" }).click();
    const shows = page.getByRole("link", { name: `Show the list ${list}` });
    await comes((timeout) => expect(shows).toBeVisible({ timeout }));
    await shows.click();
    await expect(page.getByRole("row").filter({ hasText: good })).toBeVisible();
});

for (const width of [390, 1440]) {
    test(`no contacts page sticks out at ${width} px`, async ({ page, open }) => {
        await page.setViewportSize({ width, height: 900 });
        for (const path of ["/contacts", "/contacts?tab=lists", "/contacts?tab=blocklist", "/contacts/new", "/settings/carriers/new"]) {
            await open(path);
            expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBeLessThanOrEqual(width);
        }
    });
}

test.describe("as a viewer", () => {
    test.use({ storageState: async ({}, use) => use(stateFile("viewer.json")) });
    test("contacts are read, and nothing changes them", async ({ page, open }) => {
        const main = page.getByRole("main");
        await open("/contacts");
        await expect(main.getByRole("link", { name: "New contact" })).toHaveCount(0);
        await expect(main.getByRole("link", { name: "Imports" })).toHaveCount(0);
        await open("/contacts?tab=blocklist");
        await expect(main.getByText("Block an address")).toHaveCount(0);
        await open("/settings/carriers");
        await expect(main.getByText("Only admins manage accounts")).toBeVisible();
    });
});
