/** Dates as people in the demonstration's zone read them, worked out apart from the program under test. */
export const ZONE = "Europe/Madrid";

const DAY = 86_400_000;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** A day without a zone: midnight UTC of it. */
export type Day = Date;

export const day = (text: string): Day => new Date(`${text}T00:00:00Z`);
export const iso = (day: Day) => day.toISOString().slice(0, 10);
export const shift = (of: Day, days: number): Day => new Date(of.getTime() + days * DAY);
/** Monday is 0. */
export const weekday = (of: Day) => (of.getUTCDay() + 6) % 7;

/** Today in the zone. */
export const today = (): Day => day(new Intl.DateTimeFormat("sv-SE", { timeZone: ZONE }).format(new Date()));

const monthsBefore = (of: Day, months: number) => new Date(Date.UTC(of.getUTCFullYear(), of.getUTCMonth() - months, 1));

/** What each preset resolves to. */
export function presets(): [name: string, from: Day, to: Day][] {
    const now = today();
    const week = shift(now, -weekday(now));
    const month = monthsBefore(now, 0);
    return [
        ["Today", now, now],
        ["Yesterday", shift(now, -1), shift(now, -1)],
        ["This week", week, now],
        ["Last week", shift(week, -7), shift(week, -1)],
        ["This month", month, now],
        ["Last month", monthsBefore(now, 1), shift(month, -1)],
        ["Last 7 days", shift(now, -6), now],
        ["Last 30 days", shift(now, -29), now],
    ];
}

/** `25 Oct – 23 Nov 2026 · 30 days · Europe/Madrid`. */
export function described(from: Day, to: Day): string {
    const days = (to.getTime() - from.getTime()) / DAY + 1;
    const [d, m, y] = [from.getUTCDate(), MONTHS[from.getUTCMonth()], from.getUTCFullYear()];
    const end = `${to.getUTCDate()} ${MONTHS[to.getUTCMonth()]} ${to.getUTCFullYear()}`;
    let text = `${d} ${m} ${y} – ${end}`;
    if (days === 1) text = end;
    else if (iso(from).slice(0, 7) === iso(to).slice(0, 7)) text = `${d} – ${end}`;
    else if (y === to.getUTCFullYear()) text = `${d} ${m} – ${end}`;
    return `${text} · ${days} ${days === 1 ? "day" : "days"} · ${ZONE}`;
}

/** `23 Nov 2026, 16:02`. */
export function clockTime(instant: string): string {
    const text = new Intl.DateTimeFormat("sv-SE", { timeZone: ZONE, dateStyle: "short", timeStyle: "short" }).format(
        new Date(instant),
    );
    const [date, time] = text.split(" ");
    const [y, m, d] = date.split("-").map(Number);
    return `${d} ${MONTHS[m - 1]} ${y}, ${time}`;
}

/** `November 2026`. */
export const monthTitle = (of: Day) =>
    new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", month: "long", year: "numeric" }).format(of);

/** `Monday 23 November 2026`, the name of a day in the calendar. */
export const dayName = (of: Day) => {
    const part = (options: Intl.DateTimeFormatOptions) =>
        new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", ...options }).format(of);
    return `${part({ weekday: "long" })} ${of.getUTCDate()} ${monthTitle(of)}`;
};
