import { expect, type APIRequestContext, type Page } from "@playwright/test";
import { create, uniqueWord, type Campaign } from "./campaigns";
import { signInAnew } from "./sign-in";

/** How far a campaign is, as the API has it. */
export interface Progress {
    phase: string;
    recipients: number;
    waiting: number;
    claimed: number;
    submitted: number;
    failed: number;
    unsent: number;
    uncertain: number;
    cancelled: number;
    held_out: number;
    finished_at: string | null;
}

/** An answer that has to be good, as JSON. */
async function good(answer: Awaited<ReturnType<APIRequestContext["get"]>>) {
    expect(answer.ok(), `${answer.status()} ${await answer.text()}`).toBe(true);
    return answer.json();
}

/** How far a campaign is. */
export const progress = async (api: APIRequestContext, id: string): Promise<Progress> =>
    good(await api.get(`/api/v1/campaigns/${id}/progress`));

/** A campaign with its draft. */
export const editing = async (api: APIRequestContext, id: string) => good(await api.get(`/api/v1/campaigns/${id}/draft`));

/** Changes parts of a draft, as a program does. */
export async function draft(api: APIRequestContext, id: string, change: object) {
    const { draft } = await editing(api, id);
    const data = { draft: { ...draft, ...change } };
    return good(await api.put(`/api/v1/campaigns/${id}/draft`, { data }));
}

/** One arm that gets all. */
export const only = (content: object) => [{ name: "A", share: 100, content }];

/** Makes a text message that could be sent: to typed numbers unless told otherwise. */
export async function text(api: APIRequestContext, account: string, change: object = {}): Promise<Campaign> {
    const campaign = await create(api, { type: "sms", sender: "AURORA" });
    await draft(api, campaign.id, {
        account,
        sender: "AURORA",
        audience: { kind: "typed", addresses: numbers(3) },
        variants: only({ channel: "sms", text: "Come and see. Reply STOP to opt out" }),
        ...change,
    });
    return campaign;
}

/** Launches a campaign. */
export const launch = async (api: APIRequestContext, id: string, data: object = { when: "now" }) =>
    good(await api.post(`/api/v1/campaigns/${id}/launch`, { data }));

/** A list with a name of its own. */
export const makeList = async (api: APIRequestContext, name = `List ${uniqueWord()}`): Promise<{ id: string; name: string }> =>
    good(await api.post("/api/v1/lists", { data: { name } }));

/** Adds contacts, 10,000 a request, all of which must be taken. */
export async function addContacts(api: APIRequestContext, list: string, contacts: object[]) {
    for (let at = 0; at < contacts.length; at += 10_000) {
        const lines = contacts.slice(at, at + 10_000);
        const answer = await api.post("/api/v1/contacts", {
            params: { list },
            headers: { "content-type": "application/x-ndjson" },
            data: lines.map((line) => JSON.stringify(line)).join("\n"),
        });
        expect(await good(answer)).toEqual({ created: lines.length, updated: 0, rejected: [] });
    }
}

/** The id of a list of the demonstration. */
export async function listId(api: APIRequestContext, name: string): Promise<string> {
    const lists: { id: string; name: string }[] = await good(await api.get("/api/v1/lists"));
    return lists.find((list) => list.name === name)!.id;
}

/** Numbers of Spain that no other test has. */
export function numbers(n: number): string[] {
    const first = Math.floor(10_000_000 + Math.random() * 89_000_000);
    return Array.from({ length: n }, (_, at) => `+346${first + at}`);
}

/** Mailboxes that no other test has. */
export const mailboxes = (n: number, host = "example.org") =>
    Array.from({ length: n }, (_, at) => `reader${at}.${uniqueWord()}@${host}`);

/**
 * Adds an account at a carrier, in Settings. Gives its id and name. The simulator's is orderly and loses nothing unless
 * told otherwise.
 */
export async function addAccount(
    page: Page,
    protocol = "sandbox",
    fields: Record<string, string> = { Seed: "7", "Loss, %": "0", "Latency, ms": "5", Receipts: "orderly" },
): Promise<{ id: string; name: string }> {
    const name = `Account ${uniqueWord()}`;
    await signInAnew(page);
    await page.goto(`/settings/carriers/new?protocol=${protocol}`);
    await page.getByLabel("Name", { exact: true }).fill(name);
    for (const [label, value] of Object.entries(fields)) {
        const field = page.getByLabel(new RegExp(`^${label}`));
        const chooses = await field.evaluate((element) => element.tagName === "SELECT");
        await (chooses ? field.selectOption(value) : field.fill(value));
    }
    await page.getByRole("button", { name: "Add account" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(name);
    const [, id] = new URL(page.url()).pathname.match(/\/settings\/carriers\/([^/]+)$/)!;
    return { id, name };
}
