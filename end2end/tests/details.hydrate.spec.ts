import { create, detailsPath, ingest, patch } from "../support/campaigns";
import { expect, test } from "../support/fixtures";

test("details follow what happens elsewhere", async ({ page, open, api }) => {
    const campaign = await create(api, { status: "in_progress" });
    await open(detailsPath(campaign));
    const main = page.getByRole("main");
    await ingest(api, campaign, ["a", "b"].map((message) => ({ kind: "sent", message })));
    await expect(main.getByRole("definition").filter({ hasText: /^2$/ }).first()).toBeVisible();
    await patch(api, campaign, { status: "completed" });
    await expect(main.locator(".pill")).toHaveText("Completed");
});
