import { expect, type APIRequestContext } from "@playwright/test";
import { randomUUID } from "node:crypto";

/** A campaign as the API answers it. */
export interface Campaign {
    id: string;
    number: number;
    name: string;
    kind: "messaging" | "interactive";
    type: string;
    sender: string;
    status: string;
    created_at: string;
    version: number;
}

/** A word that occurs in no other campaign, so that a test finds its own and nothing else. */
export const uniqueWord = () => `w${randomUUID().slice(0, 8)}`;

/** Makes a campaign; `given` says what matters to the test. */
export async function create(api: APIRequestContext, given: Partial<Record<string, unknown>> = {}): Promise<Campaign> {
    const data = { name: `Browser test ${uniqueWord()}`, kind: "messaging", type: "sms", sender: "AURORA", ...given };
    const answer = await api.post("/api/v1/campaigns", { data });
    expect(answer.status(), await answer.text()).toBe(201);
    return answer.json();
}

/** One event without the fields every event has. */
export interface Fact {
    kind: string;
    message?: string;
    recipient?: string;
    at?: string;
    [field: string]: unknown;
}

let counted = 0;

/** Sends events of a campaign, all of which must be accepted. */
export async function ingest(api: APIRequestContext, campaign: Campaign, facts: Fact[]) {
    const events = facts.map((fact) => ({
        id: `e2e-${campaign.id}-${process.pid}-${counted++}`,
        campaign: campaign.id,
        recipient: fact.message ?? fact.recipient,
        at: new Date().toISOString(),
        ...fact,
    }));
    const answer = await api.post("/ingest/v1/events", { data: events });
    expect(answer.status(), await answer.text()).toBe(200);
    expect(await answer.json()).toMatchObject({ accepted: events.length, rejected: [] });
}

/** Makes an interactive campaign that was live and is paused. */
export async function createPaused(api: APIRequestContext, given: Partial<Record<string, unknown>> = {}) {
    const campaign = await create(api, { kind: "interactive", type: "raffle", ...given, status: "live" });
    await patch(api, campaign, { status: "pending" });
    return campaign;
}

/** Changes a campaign as a platform would. */
export async function patch(api: APIRequestContext, campaign: Campaign, data: object) {
    const answer = await api.patch(`/api/v1/campaigns/${campaign.id}`, { data });
    expect(answer.status(), await answer.text()).toBe(200);
}

/** Campaigns of the demonstration that fit, newest first. */
export async function find(api: APIRequestContext, params: Record<string, string>): Promise<Campaign[]> {
    const answer = await api.get("/api/v1/campaigns", { params: { limit: "200", ...params } });
    expect(answer.status(), await answer.text()).toBe(200);
    return (await answer.json()).campaigns;
}

/** Campaigns of the demonstration, without those that other tests made meanwhile. */
export async function demonstrated(api: APIRequestContext, params: Record<string, string>): Promise<Campaign[]> {
    return (await find(api, params)).filter((campaign) => !/\bw[0-9a-f]{8}\b/.test(campaign.name));
}

/** A campaign of the demonstration. */
export async function demo(api: APIRequestContext, name: string, params: Record<string, string> = {}) {
    const found = (await find(api, { q: name, ...params })).find((campaign) => campaign.name === name);
    if (!found) throw new Error(`the demonstration has no campaign “${name}”`);
    return found;
}

/** Path of a campaign's report. */
export const reportPath = ({ kind, id }: Campaign) => `/reports/${kind}/${id}`;

/** Path of a campaign's details. */
export const detailsPath = ({ id }: Campaign) => `/campaigns/${id}/details`;
