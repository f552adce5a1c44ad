// Two browsers see the same while a campaign goes out, on every channel. For SMS see send-live.hydrate.spec.ts.
import { detailsPath } from "../support/campaigns";
import { makeReady, OTHERS } from "../support/channels";
import { expect, hydrated, test } from "../support/fixtures";
import { SendingPage } from "../support/pages/sending";
import { addAccount, progress } from "../support/sending";

for (const way of OTHERS) {
    test(`two browsers see the same of a campaign by ${way.label} on its way`, async ({ page, open, api }) => {
        test.slow();
        const people = 6;
        const account = await addAccount(page);
        const { campaign } = await makeReady(page, api, way, account.id, { people, change: { pace: { per_second: 1, window: null } } });
        await open(detailsPath(campaign));
        const other = await page.context().newPage();
        await other.goto(detailsPath(campaign));
        await hydrated(other);
        const both = [new SendingPage(page), new SendingPage(other)];
        await Promise.all(both.map((watched) => watched.mark()));
        await both[0].agree("Send now");
        await Promise.all(both.map((watched) => watched.becomes("In Progress")));
        const isMoving = (watched: SendingPage) => async () => {
            const submitted = await watched.number("Submitted");
            return submitted > 0 && submitted < people && submitted + (await watched.number("Remaining")) === people;
        };
        await Promise.all(both.map((watched) => expect.poll(isMoving(watched), { timeout: 20_000 }).toBe(true)));
        await Promise.all(both.map((watched) => watched.becomes("Completed")));
        const end = await progress(api, campaign.id);
        expect(end).toMatchObject({ phase: "done", recipients: people, submitted: people });
        for (const watched of both) {
            await expect(watched.figure("Submitted")).toHaveText(String(people), { timeout: 15_000 });
            await expect(watched.figure("Remaining")).toHaveText("0");
            await watched.wasNotLoadedAgain();
        }
        await other.close();
    });
}
