// Campaigns on their way out, watched by people who change nothing, something, or everything.
import type { Page } from "@playwright/test";
import { create, detailsPath, reportPath, uniqueWord, type Campaign } from "../support/campaigns";
import { expect, hydrated, test } from "../support/fixtures";
import { ListPage } from "../support/pages/list";
import { BrokenMailServer } from "../support/broken-mail-server";
import { ReportPage } from "../support/pages/report";
import { SendingPage } from "../support/pages/sending";
import { addAccount, addContacts, draft, launch, makeList, numbers, only, progress, text } from "../support/sending";

/** Opens another page of the same person, whose console has to be as clean. */
async function another(page: Page, path: string): Promise<Page> {
    const other = await page.context().newPage();
    await other.goto(path);
    await hydrated(other);
    return other;
}

test("a send is suspended, resumed and cancelled, and two browsers see the same", async ({ page, open, api }) => {
    test.slow();
    const [account, list] = [await addAccount(page), await makeList(api)];
    const crowd = numbers(60).map((phone) => ({ phone, consents: { sms: "subscribed" } }));
    await addContacts(api, list.id, crowd);
    const campaign = await text(api, account.id, {
        audience: { kind: "list", list: list.id },
        pace: { per_second: 3, window: null },
    });
    await open(detailsPath(campaign));
    const other = await another(page, detailsPath(campaign));
    const [here, there] = [new SendingPage(page), new SendingPage(other)];
    await Promise.all([here.mark(), there.mark()]);
    const moved = (watched: SendingPage, from: number) =>
        expect.poll(() => watched.number("Submitted"), { timeout: 20_000 }).toBeGreaterThan(from);
    const press = (name: string) => page.getByRole("main").getByRole("button", { name, exact: true }).click();

    await here.agree("Send now");
    for (const watched of [here, there]) await watched.becomes("In Progress");
    for (const watched of [here, there]) await moved(watched, 0);

    await press("Suspend");
    for (const watched of [here, there]) {
        await expect(watched.page.getByRole("heading", { name: "Suspended" })).toBeVisible();
        await expect(watched.page.getByRole("main").getByRole("button", { name: "Resume" })).toBeVisible();
    }
    // What a worker had in its hands is handed over; then nothing moves.
    await expect.poll(async () => (await progress(api, campaign.id)).claimed).toBe(0);
    const still = await progress(api, campaign.id);
    expect(still.phase).toBe("suspended");
    expect(still.waiting).toBeGreaterThan(0);
    for (const watched of [here, there]) {
        await expect(watched.figure("Submitted")).toHaveText(String(still.submitted), { timeout: 15_000 });
        await expect(watched.figure("Remaining")).toHaveText(String(still.waiting));
    }

    await press("Resume");
    for (const watched of [here, there]) await moved(watched, still.submitted);

    await here.agree("Cancel the rest");
    for (const watched of [here, there]) await watched.becomes("Completed");
    const end = await progress(api, campaign.id);
    expect(end).toMatchObject({ phase: "done", recipients: 60, waiting: 0, claimed: 0 });
    expect(end.cancelled).toBeGreaterThan(0);
    expect(end.submitted + end.failed + end.unsent + end.cancelled).toBe(60);
    for (const watched of [here, there]) {
        await expect(watched.state("cancelled")).toHaveText(String(end.cancelled), { timeout: 15_000 });
        await expect(watched.state("submitted")).toHaveText(String(end.submitted));
        await expect(watched.figure("Remaining")).toHaveText("0");
        await watched.wasNotLoadedAgain();
    }
    await other.close();
});

test("the list and the report of a campaign follow it as it goes out", async ({ page, open, api }) => {
    test.slow();
    const account = await addAccount(page);
    const campaign = await text(api, account.id, {
        audience: { kind: "typed", addresses: numbers(12) },
        pace: { per_second: 3, window: null },
    });
    await open(`/reports/messaging?q=${encodeURIComponent(campaign.name)}`);
    const card = new ListPage(page).card(campaign.name);
    await expect(card.status).toHaveText("Pending");
    await launch(api, campaign.id);
    await expect(card.status).toHaveText("In Progress");
    const other = await another(page, reportPath(campaign));
    const report = new ReportPage(other);
    await expect(report.value("Sent")).toHaveText("12", { timeout: 20_000 });
    await expect(card.status).toHaveText("Completed", { timeout: 20_000 });
    await expect(report.tile("Delivery rate")).toContainText(/[1-9]\d* delivered/, { timeout: 30_000 });
    await other.close();
});

test("lost answers that the carrier can tell about settle themselves", async ({ page, api }) => {
    const account = await addAccount(page, "sandbox", {
        Seed: "7", "Loss, %": "0", "Latency, ms": "0", "Lost answers, %": "100", Receipts: "orderly",
    });
    const campaign = await text(api, account.id, { audience: { kind: "typed", addresses: numbers(6) } });
    await launch(api, campaign.id);
    await expect.poll(async () => (await progress(api, campaign.id)).phase, { timeout: 20_000 }).toBe("done");
    expect(await progress(api, campaign.id)).toMatchObject({ recipients: 6, submitted: 6, uncertain: 0 });
});

test("messages of which nobody knows are held, and decided about one by one and all at once", async ({ page, open, api }) => {
    test.slow();
    const broken = await BrokenMailServer.start();
    try {
        const account = await addAccount(page, "smtp", { Host: "127.0.0.1", Port: String(broken.port), Security: "none" });
        // It hangs up after it was given the whole mail, without a word.
        const lost = Array.from({ length: 3 }, () => `dropdot+${uniqueWord()}@example.org`);
        const campaign = await create(api, { type: "email", sender: "news@aurora.example" });
        await draft(api, campaign.id, {
            account: account.id,
            sender: "news@aurora.example",
            audience: { kind: "typed", addresses: [...lost, `fine.${uniqueWord()}@example.org`] },
            variants: only({ channel: "email", subject: "Held", html: "<p>Held</p>", text: "Held" }),
        });
        await open(detailsPath(campaign));
        const sending = new SendingPage(page);
        await sending.agree("Send now");
        await expect(page.getByRole("region", { name: "3 messages held" }).first()).toBeVisible({ timeout: 30_000 });
        await expect(sending.state("uncertain")).toHaveText("3");
        await expect(sending.state("submitted")).toHaveText("1");
        await page.getByRole("button", { name: `Give up: ${lost[0]}` }).click();
        await expect(page.getByRole("region", { name: "2 messages held" }).first()).toBeVisible();
        await sending.agree("Take as sent: all", "Take as sent");
        await expect(page.getByRole("region", { name: /held$/ })).toHaveCount(0);
        await sending.becomes("Completed");
        expect(await progress(api, campaign.id)).toMatchObject({ recipients: 4, submitted: 3, uncertain: 0 });
        // None was handed over a second time.
        expect(broken.mailsTo.toSorted()).toEqual([...new Set(broken.mailsTo)].toSorted());
        expect(broken.mailsTo).toHaveLength(4);
    } finally {
        broken.stop();
    }
});

type TraceEvent = { name: string; pid: number; tid: number; tdur?: number; args: { name?: string } };

/**
 * Traces what the page's main thread does meanwhile: the milliseconds of each task, as the thread's processor counts them.
 * A task that takes longer than a frame is a frame that comes late. How long the thread had to wait for the server or other
 * tests on the same processor is not the page's doing.
 */
async function tasks(page: Page, meanwhile: () => Promise<void>): Promise<number[]> {
    const browser = page.context().browser()!;
    await browser.startTracing(page, { categories: ["-*", "disabled-by-default-devtools.timeline"] });
    let trace: Buffer;
    try {
        await meanwhile();
    } finally {
        trace = await browser.stopTracing();
    }
    const { traceEvents } = JSON.parse(trace.toString()) as { traceEvents: TraceEvent[] };
    const threads = traceEvents.filter(({ name, args }) => name === "thread_name" && args.name === "CrRendererMain");
    const mains = new Set(threads.map(({ pid, tid }) => `${pid} ${tid}`));
    return traceEvents
        .filter(({ name, pid, tid }) => name === "RunTask" && mains.has(`${pid} ${tid}`))
        .map(({ tdur }) => (tdur ?? 0) / 1000);
}

/**
 * A long task, made on purpose: so much work that any processor needs more than 100 ms of its own time for it, however long the
 * thread has to wait for the processor meanwhile.
 */
const work = (page: Page) =>
    page.evaluate(
        () =>
            new Promise<number>((resolve) =>
                setTimeout(() => {
                    let n = 1;
                    for (let step = 0; step < 400_000_000; step++) n = (Math.imul(n, 1_664_525) + 1_013_904_223) | 0;
                    resolve(n);
                }),
            ),
    );

test("ten thousand messages go out while one watches, and no frame waits", async ({ page, open, api }) => {
    test.setTimeout(240_000);
    const people = 10_000;
    const account = await addAccount(page, "sandbox", { Seed: "7", "Latency, ms": "0", Receipts: "orderly" });
    const list = await makeList(api);
    const first = Math.floor(1_000_000 + Math.random() * 8_000_000);
    const contacts = Array.from({ length: people }, (_, at) => ({
        name: `Crowd ${at}`,
        phone: `+3469${first + at}`,
        consents: { sms: "subscribed" },
    }));
    await addContacts(api, list.id, contacts);
    const campaign: Campaign = await create(api, { type: "sms", sender: "AURORA", name: `Ten thousand ${uniqueWord()}` });
    await draft(api, campaign.id, {
        account: account.id,
        sender: "AURORA",
        audience: { kind: "list", list: list.id },
        variants: only({ channel: "sms", text: "Hi {{ name }}: https://aurora.example/sale Reply STOP to opt out" }),
        // Without a limit they are gone in three seconds.
        pace: { per_second: 1000 },
    });
    await open(detailsPath(campaign));
    const sending = new SendingPage(page);
    await sending.mark();

    // The figures move on the way, and add up at the end.
    const shown = new Set<number>();
    const isDone = async () => {
        const states = await sending.states();
        shown.add(states.submitted ?? 0);
        return (await sending.status.textContent()) === "Completed";
    };
    const took = await tasks(page, async () => {
        await sending.agree("Send now");
        await sending.becomes("In Progress");
        await expect.poll(isDone, { timeout: 200_000, intervals: [200] }).toBe(true);
        // The same trace has to see a long task: one that lost its end would find none.
        await work(page);
    });
    await expect(sending.figure("Recipients")).toHaveText("10,000");
    await expect(sending.figure("Remaining")).toHaveText("0");
    const end = await progress(api, campaign.id);
    expect(end.submitted + end.failed + end.unsent + end.uncertain).toBe(people);
    await expect(sending.state("submitted")).toHaveText(end.submitted.toLocaleString("en-GB"));
    expect(shown.size, `the figures moved: ${[...shown]}`).toBeGreaterThan(3);
    await sending.wasNotLoadedAgain();
    expect(took.length, "the trace holds the page's tasks").toBeGreaterThan(100);
    const long = took.filter((ms) => ms > 100);
    expect(long, `tasks of more than 100 ms besides the one made on purpose: ${long}`).toHaveLength(1);
});
