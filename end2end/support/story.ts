import type { APIRequestContext } from "@playwright/test";
import { create, ingest, type Campaign, type Fact } from "./campaigns";

const BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
const ROBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)";

/** All events of the stories lie on this day of the demonstration's zone. */
export const DAY = "2026-11-11";
const at = (time: string) => `${DAY}T${time}:00+01:00`;

/** People of the stories. */
export const people = (n: number, name = "reader") => Array.from({ length: n }, (_, at) => `${name}${at}@example.org`);

/**
 * An email campaign whose figures one can count on fingers: 10 recipients, 2 unsent, 8 sent, 6 delivered, 1 failed,
 * 1 on its way; 3 people and a machine opened, 2 people clicked 3 times, 1 opted out, 1 bought.
 */
export async function newsletter(api: APIRequestContext, status = "completed"): Promise<Campaign> {
    const campaign = await create(api, {
        type: "email",
        sender: "news@aurora.example",
        status,
        created_at: at("08:00"),
    });
    const all = people(10);
    const seen = { user_agent: BROWSER, country: "ES", os: "Linux", device: "desktop" };
    const facts: Fact[] = [
        ...all.slice(8).map((message) => ({ kind: "unsent", message, at: at("09:00"), raw_status: "SUPPRESSED" })),
        ...all.slice(0, 8).map((message) => ({ kind: "sent", message, at: at("09:00") })),
        ...all.slice(0, 6).map((message) => ({ kind: "delivered", message, at: at("09:05"), raw_status: "250 OK" })),
        { kind: "failed", message: all[6], at: at("09:10"), raw_status: "550 5.1.1", reason: "Mailbox does not exist" },
        { kind: "opened", message: all[0], at: at("10:00"), ...seen },
        { kind: "opened", message: all[0], at: at("10:30"), ...seen },
        { kind: "opened", message: all[1], at: at("11:00"), ...seen },
        { kind: "opened", message: all[2], at: at("11:30"), ...seen, country: "PT" },
        { kind: "opened", message: all[3], at: at("09:20"), user_agent: ROBOT },
        { kind: "clicked", message: all[0], at: at("10:31"), ...seen, link: "https://shop.example/coats" },
        { kind: "clicked", message: all[0], at: at("10:40"), ...seen, link: "https://shop.example/coats" },
        { kind: "clicked", message: all[1], at: at("11:05"), ...seen, link: "https://shop.example/boots" },
        { kind: "unsubscribed", message: all[2], at: at("11:40"), reason: "Too many emails" },
        { kind: "converted", message: all[0], at: at("12:00"), value: 19.99, currency: "EUR" },
    ];
    await ingest(api, campaign, facts);
    return campaign;
}

/** A raffle: 4 people visited (one twice), 3 played, 2 completed, 1 won. */
export async function raffle(api: APIRequestContext, status = "live"): Promise<Campaign> {
    const campaign = await create(api, { kind: "interactive", type: "raffle", status, created_at: at("08:00") });
    const all = people(4, "player");
    const did = (kind: string, who: string[], time: string) =>
        who.map((recipient) => ({ kind, recipient, message: recipient, at: at(time), user_agent: BROWSER }));
    await ingest(api, campaign, [
        ...did("visited", all, "12:00"),
        ...did("visited", all.slice(0, 1), "12:30"),
        ...did("played", all.slice(0, 3), "12:40"),
        ...did("completed", all.slice(0, 2), "12:50"),
        ...did("prize_assigned", all.slice(0, 1), "12:51"),
    ]);
    return campaign;
}
