import { expect, test } from "@playwright/test";
import { ADMIN, NEWCOMER, VIEWER } from "../support/people.mjs";
import { stateFile } from "../support/state";

for (const [person, file] of [
    [ADMIN, "session.json"],
    [VIEWER, "viewer.json"],
    [NEWCOMER, "newcomer.json"],
] as const) {
    test(`sign in once for all as ${person.role} ${person.email}`, async ({ page }) => {
        await page.goto("/");
        await expect(page).toHaveURL(/\/sign-in/);
        await page.getByLabel("Email").fill(person.email);
        await page.getByLabel("Password").fill(person.password);
        await page.getByRole("button", { name: "Sign in" }).click();
        await expect(page).toHaveURL(/\/reports\/messaging/);
        await page.context().storageState({ path: stateFile(file) });
    });
}
