import { expect, test } from "../support/fixtures";
import { ADMIN } from "../support/people.mjs";
import { NOBODY } from "../support/state";

test.use({ storageState: NOBODY });

test("whoever isn't signed in is asked to, and comes back to where they were going", async ({ page, open, accessible }) => {
    await open("/reports/interactive?status=live");
    await expect(page).toHaveURL(/\/sign-in\?next=/);
    await expect(page).toHaveTitle(/Sign in/);
    await expect(page.getByRole("navigation", { name: "Main" })).toHaveCount(0);
    await accessible();
    await page.getByLabel("Email").fill(ADMIN.email);
    await page.getByLabel("Password").fill(ADMIN.password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page).toHaveURL(/\/reports\/interactive\?status=live$/);
});

test("a wrong password is refused without saying what was wrong", async ({ page, open, accessible }) => {
    await open("/sign-in");
    await page.getByLabel("Email").fill("somebody@example.org");
    await page.getByLabel("Password").fill("this is not the password");
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByRole("alert")).toHaveText("Email or password is wrong.");
    await expect(page).toHaveURL(/\/sign-in/);
    await accessible();
});

test("signing out ends the session", async ({ page, open }) => {
    await open("/sign-in");
    await page.getByLabel("Email").fill(ADMIN.email);
    await page.getByLabel("Password").fill(ADMIN.password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page).toHaveURL(/\/reports\/messaging/);
    await page.getByRole("button", { name: /^Account of/ }).click();
    await page.getByRole("button", { name: "Sign out", exact: true }).click();
    await expect(page).toHaveURL(/\/sign-in/);
    await page.goto("/reports/messaging");
    await expect(page).toHaveURL(/\/sign-in/);
});
