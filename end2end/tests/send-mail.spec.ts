// A real mail, end to end: through SMTP to npm `maildev`, whose copy is read as a recipient's mail program would.
import type { APIRequestContext } from "@playwright/test";
import { uniqueWord } from "../support/campaigns";
import { expect, test } from "../support/fixtures";
import { header, Maildev, type Mail } from "../support/maildev";
import { Editor } from "../support/pages/editor";
import { cells, ReportPage } from "../support/pages/report";
import { SendingPage } from "../support/pages/sending";
import { addAccount, mailboxes, progress } from "../support/sending";

const FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
const GMAIL = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)";
const SHOP = "https://shop.example/coats?size=m&colour=red";
const HTML = `<html><body><h1>Hello {{ name | default("there") }}</h1>
<p><a href="https://shop.example/coats?size=m&amp;colour=red">Coats</a> or <a href="https://shop.example/boots">boots</a></p></body></html>`;

let maildev: Maildev;
test.beforeAll(async ({ playwright }) => {
    const api = await playwright.request.newContext();
    maildev = await Maildev.start(api);
    await api.dispose();
});
test.afterAll(() => maildev?.stop());

/** A mail program or browser of nobody: no cookie, no token, and it follows nothing. */
const stranger = test.extend<{ reader: APIRequestContext }>({
    reader: async ({ playwright, baseURL }, use) => {
        const reader = await playwright.request.newContext({ baseURL, maxRedirects: 0 });
        await use(reader);
        await reader.dispose();
    },
});

/** Addresses of a mail that lead to this server, by their first letter: `c` clicks, `o` opens, `u` and `p` leaving. */
const ours = (mail: Mail, kind: string) =>
    [...mail.html.matchAll(new RegExp(`(?:href|src)="(http://127\\.0\\.0\\.1:\\d+/${kind}/[^"]+)"(?! aria-hidden)`, "g"))].map(([, url]) => url);
/** Where the link leads that people can't see. */
const hiddenLink = (mail: Mail) => mail.html.match(/href="(http[^"]+\/c\/[^"]+)" aria-hidden="true" tabindex="-1"/)?.[1];

stranger("a mail goes out by SMTP, is opened, clicked and left by one click", async ({
    page, open, api, reader, javaScriptEnabled,
}) => {
    test.slow();
    const [editor, sending] = [new Editor(page, javaScriptEnabled), new SendingPage(page, javaScriptEnabled)];
    const [word, [anna, berta, carla]] = [uniqueWord(), mailboxes(3)];
    const account = await addAccount(page, "smtp", { Host: "127.0.0.1", Port: String(maildev.smtpPort), Security: "none" });
    await page.getByRole("button", { name: "Check connection" }).click();
    if (javaScriptEnabled) await expect(page.getByText("The carrier answered")).toBeVisible();
    else await expect(page.getByRole("alert")).toHaveCount(0);

    const id = await editor.start(open, `Real mail ${word}`, "Email");
    await editor.detail(account.name, "Sender address", "news@aurora.example");
    await editor.field("From name").fill("Aurora, Röstí");
    await editor.field("Subject").fill(`Coats ${word}`);
    await editor.on("Template");
    await page.getByRole("radio", { name: /^My own HTML/ }).check();
    await page.getByRole("textbox", { name: "HTML or MJML" }).fill(HTML);
    await editor.on("Personalize");
    await editor.on("Recipients");
    await editor.typed([anna, berta, carla]);
    await editor.on("Summary");
    await expect(editor.ready).toBeVisible();
    await page.getByRole("checkbox", { name: "Track https://shop.example/boots" }).uncheck();
    await editor.stay("Save links and pace");
    await expect(editor.sendNow.first()).toBeEnabled();
    await sending.agree("Send now", "Send");
    await sending.becomes("Completed");

    // What arrived, and to whom.
    const mail = await maildev.mail(api, anna);
    const [scanned] = [await maildev.mail(api, berta), await maildev.mail(api, carla)];
    expect(mail.subject).toBe(`Coats ${word}`);
    expect(header(mail, "From")).toContain("<news@aurora.example>");
    expect(header(mail, "Message-ID")).toMatch(/^<\w+@aurora\.example>$/);
    expect(header(mail, "List-Unsubscribe-Post")).toBe("List-Unsubscribe=One-Click");
    const [, oneClick] = header(mail, "List-Unsubscribe")!.match(/^<(http[^>]+\/u\/[^>]+)>$/)!;
    expect(mail.html).toContain("Hello there");
    expect(mail.text).toContain("Hello there");
    // The author gave none: a footer has it.
    expect(ours(mail, "u")).not.toEqual([]);
    expect(mail.html).toContain("https://shop.example/boots");
    const [[pixel], [click]] = [ours(mail, "o"), ours(mail, "c")];
    expect(ours(mail, "c"), "one link is tracked").toHaveLength(1);
    expect(pixel).toBeTruthy();

    // A click leads where the author said, whoever asks; nothing of the request changes that.
    const { finished_at } = await progress(api, id);
    const go = (url: string, agent: string, method = "get" as "get" | "head") =>
        reader[method](url, { headers: { "user-agent": agent } });
    const head = await go(click, FIREFOX, "head");
    expect([head.status(), head.headers().location]).toEqual([302, SHOP]);
    const forged = await go(`${click}?url=https://evil.example/`, "Mozilla/5.0 (compatible; Googlebot/2.1)");
    expect([forged.status(), forged.headers().location]).toEqual([302, SHOP]);
    const broken = await go(click.replace(/.$/, (last) => (last === "A" ? "B" : "A")), FIREFOX);
    expect(broken.status()).toBe(404);
    // A person isn't that quick: what follows within two seconds is taken for a scanner.
    await expect.poll(() => Date.now() - Date.parse(finished_at!)).toBeGreaterThan(2_500);
    const person = await go(click, FIREFOX);
    expect([person.status(), person.headers().location]).toEqual([302, SHOP]);
    // A gateway follows every link of another mail as an ordinary browser would; the one that people can't see tells.
    const trap = hiddenLink(scanned)!;
    expect(scanned.text).not.toContain(trap);
    const [followed, trapped] = [await go(ours(scanned, "c")[0], FIREFOX), await go(trap, FIREFOX)];
    expect([followed.status(), trapped.status(), trapped.headers().location]).toEqual([302, 200, undefined]);
    const picture = await go(pixel, GMAIL);
    expect([picture.status(), picture.headers()["content-type"]]).toEqual([200, "image/gif"]);

    // Looking at the page doesn't unsubscribe; one click does, without a question, a cookie or a redirect.
    const contact = async () => (await (await api.get("/api/v1/contacts", { params: { q: anna } })).json()).contacts[0];
    const question = await reader.get(oneClick);
    expect(question.status()).toBe(200);
    expect(await question.text()).toContain("Unsubscribe?");
    expect((await contact()).suppressed).toEqual([]);
    const left = await reader.post(oneClick, { form: { "List-Unsubscribe": "One-Click" } });
    expect(left.status()).toBe(200);
    expect((await contact()).suppressed).toEqual([["email", "user"]]);
    await open(`/contacts/${(await contact()).id}`);
    await expect(page.getByRole("region", { name: "Blocked" })).toContainText("Email");

    // All of it is in the report: one person's click and open, machines only on request.
    const report = new ReportPage(page, javaScriptEnabled);
    await open(`/reports/messaging/${id}`);
    for (const [label, value, note] of [
        ["Sent", "3", ""],
        ["Open rate", "", "1 person"],
        ["Click rate", "", "1 person"],
        ["Unsubscribed", "", "1 person"],
    ]) {
        await sending.comes((timeout) => expect(report.tile(label), label).toContainText(note, { timeout }));
        if (value) await expect(report.value(label)).toHaveText(value);
    }
    // The robot's click and the gateway's count on request; the look at the head, and the trap, never do.
    for (const [evidence, clicks, people] of [["", "1", "1"], ["&evidence=all", "3", "2"]]) {
        // A click is told some seconds later, when it is known who else clicked.
        await expect(async () => {
            await open(`/reports/messaging/${id}?tab=links${evidence}`);
            const rows = await cells(page.getByRole("region", { name: "Links", exact: true }).first().getByRole("table"));
            expect(rows.map(([link, total, unique]) => [link.includes(SHOP), total, unique])).toEqual([[true, clicks, people]]);
        }).toPass({ timeout: 30_000 });
    }
    await open(`/reports/messaging/${id}?tab=recipients&q=${encodeURIComponent(anna)}`);
    await expect(page.getByRole("region", { name: "Results" }).first()).toContainText(anna);
});

stranger("whoever left is left out of the next campaign, and is told apart in its report", async ({
    page, open, api, reader, javaScriptEnabled,
}) => {
    test.slow();
    const [editor, sending] = [new Editor(page, javaScriptEnabled), new SendingPage(page, javaScriptEnabled)];
    const [gone, stays] = mailboxes(2);
    const account = await addAccount(page, "smtp", { Host: "127.0.0.1", Port: String(maildev.smtpPort), Security: "none" });
    const write = async (subject: string) => {
        const id = await editor.start(open, `${subject} ${uniqueWord()}`, "Email");
        await editor.detail(account.name, "Sender address", "news@aurora.example");
        await editor.field("Subject").fill(subject);
        await editor.on("Template");
        await page.getByRole("radio", { name: /^Letter/ }).check();
        await editor.on("Personalize");
        await editor.on("Recipients");
        await editor.typed([gone, stays]);
        await editor.on("Summary");
        await expect(editor.ready).toBeVisible();
        return id;
    };
    await write("First");
    await sending.agree("Send now", "Send");
    await sending.becomes("Completed");
    const mail = await maildev.mail(api, gone);
    // A person follows the link of the footer, reads the question, and agrees; the browser has no session here.
    const [link] = ours(mail, "u");
    const browser = page.context().browser()!;
    const outside = await browser.newContext({ javaScriptEnabled, storageState: { cookies: [], origins: [] } });
    const visitor = await outside.newPage();
    await visitor.goto(link);
    await expect(visitor.getByRole("heading", { name: "Unsubscribe?" })).toBeVisible();
    await visitor.getByRole("button", { name: "Unsubscribe" }).click();
    await expect(visitor.getByRole("heading", { name: "You are unsubscribed" })).toBeVisible();
    // They may choose otherwise on the page of preferences.
    await visitor.getByRole("link", { name: "Choose what you get" }).click();
    await expect(visitor.getByRole("checkbox", { name: "Email" })).not.toBeChecked();
    await outside.close();

    const id = await write("Second");
    await expect(editor.counted("Blocked")).toHaveText("−1");
    await expect(editor.counted("Will be written to")).toHaveText("1");
    await sending.agree("Send now", "Send");
    await sending.becomes("Completed");
    await sending.comes((timeout) => expect(sending.state("unsent")).toHaveText("1", { timeout }));
    await expect(sending.state("submitted")).toHaveText("1");
    await expect.poll(() => maildev.count(api, stays)).toBe(2);
    expect(await maildev.count(api, gone), "nothing more came").toBe(1);
    expect(await progress(api, id)).toMatchObject({ recipients: 2, submitted: 1, unsent: 1 });

    const report = new ReportPage(page, javaScriptEnabled);
    await open(`/reports/messaging/${id}`);
    const bars = await report.rows("Messages by status");
    expect(bars.map(([status, word, n]) => [status, word, n])).toContainEqual(["Unsent", "BLACKLISTED", "1"]);
});
