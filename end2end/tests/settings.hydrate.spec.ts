import { uniqueWord } from "../support/campaigns";
import { expect, hydrated, test } from "../support/fixtures";
import { signInAnew } from "../support/sign-in";
import { NOBODY } from "../support/state";

test("passwords leave their fields once they have served", async ({ page, open, browser, baseURL }) => {
    const email = `${uniqueWord()}@example.org`;
    const [first, second] = ["a first password, long enough", "a second password, long enough"];
    await signInAnew(page);
    await open("/settings");
    const people = page.getByRole("region", { name: "People" }).first();
    await people.getByLabel("Email").fill(email);
    await people.getByRole("button", { name: "Add", exact: true }).click();
    await expect(page.getByRole("row").filter({ hasText: email })).toContainText("invited");
    const link = (await people.getByRole("status").getByRole("code").textContent())!;

    const context = await browser.newContext({ baseURL, storageState: NOBODY });
    const own = await context.newPage();
    await own.goto(new URL(link).pathname);
    await expect(own).toHaveURL(/\/join$/);
    await own.getByLabel("Password").fill(first);
    await own.getByRole("button", { name: "Save and sign in" }).click();
    await expect(own).toHaveURL(/\/reports\/messaging/);
    await own.goto("/settings");
    await hydrated(own);
    const [old, fresh] = [own.getByLabel("Current password"), own.getByLabel(/^New password/)];
    await old.fill(first);
    await fresh.fill(second);
    await own.getByRole("button", { name: "Change password" }).click();
    await expect(own.getByText("Changed.")).toBeVisible();
    await expect(old).toHaveValue("");
    await expect(fresh).toHaveValue("");
    await context.close();
});
