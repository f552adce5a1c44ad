// The five channels, for what has to hold on each of them.
import type { APIRequestContext, Page } from "@playwright/test";
import { create, uniqueWord, type Campaign } from "./campaigns";
import { subscribe } from "./devices";
import { draft, mailboxes, numbers, only } from "./sending";

/** A channel with a message of its own that the simulator takes. */
export interface Channel {
    /** As the API calls it. */
    channel: "sms" | "email" | "push" | "whatsapp" | "rcs";
    /** As pages call it. */
    label: string;
    sender: string;
    content: object;
}

export const CHANNELS: Channel[] = [
    { channel: "sms", label: "SMS", sender: "AURORA", content: { channel: "sms", text: "Come and see. Reply STOP to opt out" } },
    {
        channel: "email", label: "Email", sender: "hello@aurora.example",
        content: { channel: "email", subject: "Come and see", html: "<p>Come and see</p>", text: "Come and see" },
    },
    { channel: "push", label: "Push", sender: "Aurora app", content: { channel: "push", title: "Aurora", body: "Come and see" } },
    {
        channel: "whatsapp", label: "WhatsApp", sender: "+34500000000",
        content: {
            channel: "whatsapp",
            // As the simulator has it: a copy that differs is refused before the launch.
            template: {
                name: "welcome", language: "en", category: "marketing", status: "approved", header: { kind: "none" },
                body: "Welcome to Aurora! You will hear from us when something new is in the shop, never more than once a week.",
                footer: "Reply STOP to opt out", buttons: [],
            },
        },
    },
    { channel: "rcs", label: "RCS", sender: "Aurora", content: { channel: "rcs", text: "Shall we keep one for you?" } },
];

/** All but SMS, on which these things are looked at in more detail elsewhere. */
export const OTHERS = CHANNELS.filter(({ channel }) => channel !== "sms");

/** A campaign that could be sent, and whom it would reach. */
export interface Ready {
    campaign: Campaign;
    /** Whole addresses; of push, the names of the people. */
    addresses: string[];
}

/**
 * Makes a campaign that could be sent, by the API. Its people are new unless addresses are given. For push, which has no
 * addresses to type, `page` has to be an admin's: it subscribes browsers.
 */
export async function makeReady(
    page: Page, api: APIRequestContext, { channel, sender, content }: Channel, account: string,
    given: { people?: number; addresses?: string[]; change?: object } = {},
): Promise<Ready> {
    const { people = 2, change = {} } = given;
    const name = `Device ${uniqueWord()}`;
    const fresh = () => (channel === "email" ? mailboxes(people) : numbers(people));
    const addresses = channel === "push" ? Array.from({ length: people }, (_, at) => `${name} ${at + 1}`) : given.addresses ?? fresh();
    if (channel === "push") await subscribe(page, api, name, people);
    const audience =
        channel === "push"
            ? { kind: "filter", condition: { test: "attribute", name: "name", compare: "begins", value: name } }
            : { kind: "typed", addresses };
    const campaign = await create(api, { type: channel, sender, name: `Every channel ${uniqueWord()}` });
    await draft(api, campaign.id, { account, sender, audience, variants: only(content), ...change });
    return { campaign, addresses };
}
