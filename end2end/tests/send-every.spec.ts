// What holds on every channel. For SMS see send-draft.spec.ts and send-viewer.spec.ts, where it is looked at in more detail.
import { detailsPath, reportPath } from "../support/campaigns";
import { makeReady, OTHERS } from "../support/channels";
import { expect, test } from "../support/fixtures";
import { addAccount, launch, progress } from "../support/sending";
import { stateFile } from "../support/state";

for (const way of OTHERS) {
    test(`a campaign by ${way.label} is deleted while it waits, and never once it was sent`, async ({ page, open, api }) => {
        test.slow();
        const account = await addAccount(page);
        const { campaign: waiting } = await makeReady(page, api, way, account.id);
        await launch(api, waiting.id, { when: "at", at: "2027-03-28T08:00:00Z" });
        await open(detailsPath(waiting));
        await expect(page.getByRole("main").locator(".pill")).toHaveText("Scheduled");
        await page.getByRole("button", { name: "Delete", exact: true }).click();
        await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
        await expect(page).toHaveURL(/\/reports\/messaging/);
        expect((await api.get(`/api/v1/campaigns/${waiting.id}`)).status()).toBe(404);

        const { campaign: sent } = await makeReady(page, api, way, account.id);
        await launch(api, sent.id);
        await expect.poll(async () => (await progress(api, sent.id)).phase, { timeout: 20_000 }).toBe("done");
        await open(detailsPath(sent));
        const bin = page.getByRole("button", { name: "Delete", exact: true });
        await expect(bin).toBeDisabled();
        await expect(bin).toHaveAccessibleDescription(/recorded data is never deleted/);
        expect((await api.delete(`/api/v1/campaigns/${sent.id}`)).status()).toBe(409);
    });
}

test.describe("as a viewer", () => {
    test.use({ storageState: async ({}, use) => use(stateFile("viewer.json")) });

    for (const way of OTHERS) {
        test(`a campaign by ${way.label} can be followed and not touched, and shows no whole address`, async ({
            page, open, api, browser, baseURL,
        }) => {
            test.slow();
            const admin = await browser.newContext({ baseURL, storageState: stateFile("session.json") });
            const office = await admin.newPage();
            const account = await addAccount(office);
            const { campaign, addresses } = await makeReady(office, api, way, account.id);
            await admin.close();
            const main = page.getByRole("main");
            await open(detailsPath(campaign));
            await expect(main.locator(".pill")).toHaveText("Pending");
            for (const name of ["Send now", "Schedule", "Edit", "Delete", "Back to pending"]) {
                await expect(main.getByRole("button", { name })).toHaveCount(0);
                await expect(main.getByRole("link", { name })).toHaveCount(0);
            }
            await expect(main.locator("form")).toHaveCount(0);
            const steps = way.channel === "email" ? ["detail", "template", "personalize", "summary"] : ["detail", "message", "summary"];
            for (const step of steps) {
                await page.goto(`/campaigns/${campaign.id}/edit/${step}`);
                await expect(page.getByText("Editors and admins make campaigns.")).toBeVisible();
                await expect(main.locator("form")).toHaveCount(0);
            }
            await launch(api, campaign.id);
            await expect.poll(async () => (await progress(api, campaign.id)).phase, { timeout: 20_000 }).toBe("done");
            for (const tab of ["overview", "recipients"]) {
                await page.goto(`${reportPath(campaign)}?tab=${tab}`);
                await expect(page.getByRole("heading", { level: 1 })).toHaveText(campaign.name);
                await expect(main.getByRole("button", { name: /again/i })).toHaveCount(0);
                const text = await page.content();
                // Names are no addresses.
                const whole = way.channel === "push" ? [] : addresses;
                for (const address of whole) expect(text.includes(address), `a whole address at ${tab}`).toBe(false);
            }
            await expect(page.getByRole("table").first()).toBeVisible();
        });
    }
});
