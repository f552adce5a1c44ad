"""The questions of a report, asked of our API and of DuckDB, with answers in one form."""

import datetime
import zoneinfo

UTC = datetime.timezone.utc
# Reactions: facts and people. The rest are messages, each counted once.
REACTIONS = ["opened", "clicked", "replied", "unsubscribed", "complained", "converted"]
DELIVERY = ["sent", "delivered", "failed"]
PEOPLE = ["opened", "clicked", "replied", "converted"]


def micros(day, zone):
    """The first moment of a local day."""
    local = datetime.datetime.combine(day, datetime.time(), zoneinfo.ZoneInfo(zone))
    return int(local.astimezone(UTC).timestamp()) * 1_000_000


class Question:
    """`path`: our request. `read`: our answer in the common form. `sql`: DuckDB's statements, `rows` theirs."""

    def __init__(self, name, path, read, sql, rows):
        self.name, self.path, self.read, self.sql, self.rows = name, path, read, sql, rows


def totals(report):
    kpis = report["kpis"]
    found = {kind: (kpis[kind], None) for kind in DELIVERY}
    found.update({kind: (kpis[kind]["total"], kpis[kind]["unique"]) for kind in REACTIONS})
    return {kind: value for kind, value in found.items() if value[0]}


def totals_of_rows(rows):
    return {kind: (total, unique if kind in REACTIONS else None) for kind, total, unique in rows}


def totals_sql(where):
    return f"SELECT kind, count(*), count(DISTINCT recipient) FROM event WHERE {where} GROUP BY kind"


def series(report):
    """(UTC second of the point, kind) → count, without zeros."""
    found = {}
    for point in report["series"]["points"]:
        at = int(datetime.datetime.fromisoformat(point["at"]).timestamp())
        for kind in DELIVERY + REACTIONS:
            if point.get(kind):
                found[at, kind] = point[kind]
    return found


def breakdown(report, dimension):
    return {row["value"]: (row["total"], row["unique"]) for row in report["breakdowns"].get(dimension, [])}


def both(one, other):
    return lambda answer: (one(answer), other(answer))


def charted(name, path, where, bucket_s, offset_s):
    """Counts per bucket and kind, and uniques over the range: two statements for DuckDB, one request for us."""
    step, shift = bucket_s * 1_000_000, offset_s * 1_000_000
    counts = (
        f"SELECT (at_us + {shift}) // {step} AS bucket, kind, count(*) FROM event WHERE {where} GROUP BY ALL"
    )

    def rows(counted, uniques):
        points = {(bucket * bucket_s - offset_s, kind): n for bucket, kind, n in counted}
        return points, totals_of_rows(uniques)

    return Question(name, path, both(series, totals), [counts, totals_sql(where)], rows)


def within(from_day, to_day, zone):
    after = micros(to_day + datetime.timedelta(days=1), zone)
    return f"at_us >= {micros(from_day, zone)} AND at_us < {after}"


def of_campaign(number, busiest_day):
    """Of one campaign: its whole life, a week by the hour, its links."""
    path = f"/api/v1/campaigns/bench-{number:03}/report?clock=event"
    here = f"campaign = {number}"
    first, last = busiest_day, busiest_day + datetime.timedelta(days=6)
    zone = "America/Sao_Paulo"
    week = f"{path}&from={first}&to={last}&tz={zone}&bucket=hour"
    links = (
        f"SELECT link, count(*), count(DISTINCT recipient) FROM event "
        f"WHERE {here} AND kind = 'clicked' GROUP BY link"
    )
    return [
        Question("one campaign: KPIs with uniques", path, totals, [totals_sql(here)], totals_of_rows),
        charted("its hourly chart, 7 days, São Paulo", week, f"{here} AND {within(first, last, zone)}", 3_600, 0),
        Question("its links", path, lambda report: breakdown(report, "link"), [links],
                 lambda rows: {link: (total, unique) for link, total, unique in rows}),
    ]


def of_account(end):
    """Of the whole account, up to the day before `end`."""
    last = end - datetime.timedelta(days=1)
    month, quarter = end - datetime.timedelta(days=30), end - datetime.timedelta(days=90)

    def path(first, zone, bucket="day"):
        return f"/api/v1/report?from={first}&to={last}&tz={zone}&bucket={bucket}"

    in_month = within(month, last, "UTC")
    by_country = (
        f"SELECT country, count(*), count(DISTINCT recipient) FROM event WHERE {in_month} "
        f"AND country IS NOT NULL AND kind IN {tuple(PEOPLE)} GROUP BY country"
    )
    kolkata = int(5.5 * 3_600)
    return [
        Question("account: KPIs, 30 days", path(month, "UTC"), totals, [totals_sql(in_month)], totals_of_rows),
        charted("account by day, 90 days, UTC", path(quarter, "UTC"), within(quarter, last, "UTC"), 86_400, 0),
        charted("the same in +05:30", path(quarter, "Asia/Kolkata"), within(quarter, last, "Asia/Kolkata"),
                86_400, kolkata),
        Question("account by country, 30 days", path(month, "UTC"),
                 lambda report: breakdown(report, "country"), [by_country],
                 lambda rows: {country: (total, unique) for country, total, unique in rows}),
    ]


def of_cards(campaigns):
    """The cards of a page of the list: counts of messages, and of people."""
    people = ", ".join(f"count(DISTINCT recipient) FILTER (kind = '{kind}')" for kind in ["opened", "clicked"])
    messages = ", ".join(f"count(*) FILTER (kind = '{kind}')" for kind in DELIVERY)
    sql = f"SELECT campaign, {messages}, {people} FROM event GROUP BY campaign"
    fields = DELIVERY + ["opened", "clicked"]

    def read(page):
        return {int(card["external_id"][-3:]): tuple(card["figures"][field] for field in fields)
                for card in page["campaigns"]}

    return [Question(f"{campaigns} cards at once", f"/api/v1/campaigns?kind=messaging&limit={campaigns}",
                     read, [sql], lambda rows: {row[0]: tuple(row[1:]) for row in rows})]
