"""`make bench`: see README.md here."""

import argparse
import contextlib
import csv
import datetime
import http.client
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import time

import duckdb

import questions
import server

ROOT = pathlib.Path(__file__).resolve().parents[2]
OUT = ROOT / "target" / "bench"
# A question is asked this often, or for this long.
REPEATS, SECONDS_MAX = 40, 20


def say(text):
    print(f"[{time.monotonic() - STARTED:6.1f}s] {text}", flush=True)


STARTED = time.monotonic()


def arguments():
    parser = argparse.ArgumentParser(description="Rates, latencies and sizes, compared with DuckDB on the same data.")
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--campaigns", type=int, default=200, choices=range(1, 201), metavar="1..200")
    parser.add_argument("--days", type=int, default=88)
    parser.add_argument("--engines", nargs="*", default=["sqlite", "postgres"], choices=["sqlite", "postgres"])
    parser.add_argument("--singles-seconds", type=int, default=10)
    parser.add_argument("--binary", type=pathlib.Path, default=ROOT / "target/release/reportage")
    parser.add_argument("--client", type=pathlib.Path, default=ROOT / "target/release/examples/bench")
    return parser.parse_args()


def client(args, *command, token=None):
    environment = dict(os.environ, **({"REPORTAGE_BENCH_TOKEN": token} if token else {}))
    done = subprocess.run([args.client, *map(str, command)], env=environment, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit(f"bench client: {command[0]} failed")
    return json.loads(done.stdout)


def generated(args, end):
    """The folder with the data of this day; made anew when anything differs."""
    folder = OUT / "data"
    key = json.dumps([args.events, args.campaigns, args.days, str(end), 1])
    stamp = folder / "made.json"
    if stamp.exists() and json.loads(stamp.read_text())[0] == key:
        return folder, json.loads(stamp.read_text())[1]
    say(f"generating {args.events:,} events")
    made = client(args, "generate", "--events", args.events, "--campaigns", args.campaigns,
                  "--days", args.days, "--end", end, "--data", folder)
    stamp.write_text(json.dumps([key, made]))
    return folder, made


def timed(repeats, ask):
    """Milliseconds of each repetition, after two that warm up."""
    ask(), ask()
    times, until = [], time.perf_counter() + SECONDS_MAX
    while len(times) < repeats and (not times or time.perf_counter() < until):
        before = time.perf_counter()
        ask()
        times.append((time.perf_counter() - before) * 1_000)
    return times


def percentile(times, share):
    return sorted(times)[min(len(times) - 1, round((len(times) - 1) * share))]


class Duck:
    """DuckDB over the same file, with narrow columns, in the order of arrival."""

    def __init__(self, folder):
        self.file = OUT / "duckdb.db"
        self.file.unlink(missing_ok=True)
        self.db = duckdb.connect(str(self.file))
        before = time.perf_counter()
        columns = {"campaign": "VARCHAR", "recipient": "VARCHAR", "kind": "VARCHAR", "at": "TIMESTAMP",
                   "link": "VARCHAR", "country": "VARCHAR"}
        self.db.execute("CREATE TYPE kinds AS ENUM ('sent', 'delivered', 'failed', 'opened', 'clicked', 'replied', "
                        "'unsubscribed', 'complained', 'converted')")
        self.db.execute(
            "CREATE TABLE event AS SELECT CAST(campaign[7:] AS USMALLINT) AS campaign, "
            "CAST(recipient[2:] AS UINTEGER) AS recipient, CAST(kind AS kinds) AS kind, "
            "epoch_us(\"at\") AS at_us, link, country "
            f"FROM read_json('{folder / 'events.ndjson'}', format = 'newline_delimited', columns = {columns})"
        )
        self.db.execute("CHECKPOINT")
        self.seconds = time.perf_counter() - before
        self.rows = self.db.execute("SELECT count(*) FROM event").fetchone()[0]

    def busiest(self):
        """The campaign with the most events, and the day it was sent."""
        number, day = self.db.execute(
            "SELECT campaign, make_timestamp(min(at_us))::DATE FROM event GROUP BY campaign "
            "ORDER BY count(*) DESC LIMIT 1").fetchone()
        return number, day

    def answer(self, question):
        return question.rows(*[self.db.execute(sql).fetchall() for sql in question.sql])

    def time(self, question):
        return timed(9, lambda: [self.db.execute(sql).fetchall() for sql in question.sql])


class Api:
    def __init__(self, running):
        self.connection = http.client.HTTPConnection(running.address, timeout=120)
        self.headers = {"authorization": f"Bearer {running.token}"}

    def call(self, method, path, body=None):
        headers = dict(self.headers, **({"content-type": "application/json"} if body else {}))
        self.connection.request(method, path, body and json.dumps(body), headers)
        answer = self.connection.getresponse()
        data = answer.read()
        if answer.status >= 300:
            sys.exit(f"{method} {path}: {answer.status} {data[:500]!r}")
        return data

    def get(self, path):
        return self.call("GET", path)


def register(api, args, start):
    for number in range(args.campaigns):
        api.call("POST", "/api/v1/campaigns", {
            "name": f"Bench {number:03}", "kind": "messaging", "type": "email", "sender": "bench@example.com",
            "external_id": f"bench-{number:03}", "status": "completed", "created_at": f"{start}T00:00:00Z"})


def check_equal(question, ours, theirs):
    if ours == theirs:
        return
    print(f"\n{question.name}: unequal answers\n  ours   {str(ours)[:1500]}\n  DuckDB {str(theirs)[:1500]}")
    sys.exit(1)


def measure(args, engine, database, size_mb, folder, asked, reference, end):
    """One engine: ingest, questions, single events."""
    found = {}
    with server.running(args.binary, database, OUT / f"server-{engine}.log") as running:
        found["idle_mb"] = running.memory_mb("VmRSS")
        api = Api(running)
        register(api, args, end - datetime.timedelta(days=args.days))
        say(f"{engine}: posting the events")
        found["load"] = client(args, "load", "--address", running.address, "--data", folder, token=running.token)
        say(f"{engine}: {found['load']['events_per_second']:,.0f} events/s")
        found["load_mb"] = running.memory_mb("VmHWM")
        found["size_mb"] = size_mb()
        found["times"] = {}
        # The server has closed the first connection meanwhile: it was idle for longer than it waits.
        api = Api(running)
        for question in asked:
            ours = question.read(json.loads(api.get(question.path)))
            check_equal(question, ours, reference[question.name])
            found["times"][question.name] = timed(REPEATS, lambda: api.get(question.path))
        found["rss_mb"], found["peak_mb"] = running.memory_mb("VmRSS"), running.memory_mb("VmHWM")
        say(f"{engine}: every answer equals DuckDB's; posting single events")
        if args.singles_seconds:
            at = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
            found["singles"] = client(args, "singles", "--address", running.address, "--seconds",
                                      args.singles_seconds, "--campaigns", args.campaigns, "--at", at,
                                      token=running.token)
            say(f"{engine}: {found['singles']['requests_per_second']:,.0f} single events/s")
        found["after_mb"] = running.memory_mb("VmHWM")
        before = time.perf_counter()
    found["end_s"] = time.perf_counter() - before
    return found


def run_engine(args, engine, *rest):
    if engine == "sqlite":
        file = OUT / "bench.db"
        files = [file.with_name(file.name + end) for end in ["", "-wal", "-shm"]]
        for old in files:
            old.unlink(missing_ok=True)
        found = measure(args, engine, f"sqlite://{file}",
                        lambda: sum(f.stat().st_size for f in files if f.exists()) / 1e6, *rest)
        for old in files:
            old.unlink(missing_ok=True)
        return found
    with server.postgres() as url:
        return measure(args, engine, url, lambda: server.postgres_mb(url), *rest)


def page_sizes():
    """What a browser loads, as embedded in the binary: raw and brotli."""
    rows = []
    for file in sorted((ROOT / "target/site").rglob("*")):
        packed = file.with_name(file.name + ".br")
        if file.suffix in {".wasm", ".js", ".css", ".woff2"}:
            size = file.stat().st_size
            rows.append((file.relative_to(ROOT / "target/site").as_posix(), size,
                         packed.stat().st_size if packed.exists() else size))
    return rows


def memory_gb():
    with contextlib.suppress(OSError):
        return int(pathlib.Path("/proc/meminfo").read_text().split()[1]) / 1e6
    return 0


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" + " ---: |" * (len(head) - 1)]
    return lines + ["| " + " | ".join(row) + " |" for row in rows]


def question_rows(asked, duck_times, engines):
    for question in asked:
        theirs = statistics.median(duck_times[question.name])
        row = [question.name]
        for found in engines.values():
            times = found["times"][question.name]
            ours = statistics.median(times)
            row += [f"{ours:.2f}", f"{percentile(times, 0.95):.2f}", f"{theirs / ours:.1f}×"]
        yield [*row, f"{theirs:.1f}"]


def report(args, made, duck, duck_times, asked, engines):
    lines = [
        f"# Bench, {datetime.date.today()}", "",
        f"{made['events']:,} events of {made['messages']:,} messages to {made['recipients']:,} recipients, "
        f"{args.campaigns} campaigns, {args.days} days. "
        f"{os.cpu_count()} × {platform.machine()}, {memory_gb():.0f} GB, {platform.system()} {platform.release()}; "
        f"server, client and DuckDB {duckdb.__version__} on the same machine. Every answer equals DuckDB's.", "",
        "## Ingest over HTTP", "",
    ]
    ingest = []
    for engine, found in engines.items():
        for what, key in [("batches of 1,000, 4 connections", "load"), ("single events, 64 connections", "singles")]:
            if key in found:
                run = found[key]
                ingest.append([f"{engine}, {what}", f"{run['events_per_second']:,.0f}",
                               f"{run['requests_per_second']:,.0f}", f"{run['p50_ms']:.2f}", f"{run['p95_ms']:.2f}",
                               f"{run['p99_ms']:.2f}", f"{run['retries']:,}"])
    lines += table(["", "events/s", "requests/s", "p50 ms", "p95 ms", "p99 ms", "turned away"], ingest)
    lines += ["", "## Questions (ms; over HTTP with JSON, DuckDB in-process and exact)", ""]
    head = ["question"]
    for engine in engines:
        head += [f"{engine} p50", "p95", "DuckDB ÷ p50"]
    lines += table([*head, "DuckDB p50"], question_rows(asked, duck_times, engines))
    lines += ["", "## Room (MB)", ""]
    room = [[engine, f"{found['size_mb']:,.0f}", f"{found['idle_mb']:,.0f}", f"{found['load_mb']:,.0f}",
             f"{found['rss_mb']:,.0f}", f"{found['peak_mb']:,.0f}", f"{found['after_mb']:,.0f}", f"{found['end_s']:.1f}"]
            for engine, found in engines.items()]
    room.append(["DuckDB", f"{duck.file.stat().st_size / 1e6:,.0f}", "", "", "", "", "", ""])
    lines += table(["", "database", "resident idle", "peak while loading", "resident after questions",
                    "peak until then", "peak with single events", "seconds to end"], room)
    lines += ["", "## Page (bytes)", ""]
    lines += table(["file", "raw", "brotli"], [[f, f"{raw:,}", f"{br:,}"] for f, raw, br in page_sizes()])
    return "\n".join(lines) + "\n"


def results(duck_times, engines):
    yield "engine", "what", "measure", "value"
    for engine, found in engines.items():
        for key in ["load", "singles"]:
            for measure_name, value in found.get(key, {}).items():
                yield engine, key, measure_name, value
        for key, value in found.items():
            if isinstance(value, float):
                yield engine, "room", key, value
        for name, times in found["times"].items():
            yield engine, name, "p50_ms", statistics.median(times)
            yield engine, name, "p95_ms", percentile(times, 0.95)
    for name, times in duck_times.items():
        yield "duckdb", name, "p50_ms", statistics.median(times)
        yield "duckdb", name, "p95_ms", percentile(times, 0.95)
    for file, raw, brotli in page_sizes():
        yield "page", file, "raw_bytes", raw
        yield "page", file, "brotli_bytes", brotli


def main():
    args = arguments()
    OUT.mkdir(parents=True, exist_ok=True)
    end = datetime.datetime.now(datetime.timezone.utc).date()
    folder, made = generated(args, end)
    say("DuckDB reads the same file")
    duck = Duck(folder)
    say(f"DuckDB: {duck.rows:,} rows in {duck.seconds:.1f} s; its questions")
    number, day = duck.busiest()
    asked = questions.of_campaign(number, day) + questions.of_account(end) + questions.of_cards(args.campaigns)
    reference = {question.name: duck.answer(question) for question in asked}
    duck_times = {question.name: duck.time(question) for question in asked}
    duck.db.close()

    engines = {}
    for engine in args.engines:
        if engine == "postgres" and not server.postgres_programs():
            say("PostgreSQL is not installed: left out")
            continue
        engines[engine] = run_engine(args, engine, folder, asked, reference, end)
        if engines[engine]["load"]["accepted"] != made["events"]:
            sys.exit(f"{engine}: {engines[engine]['load']} is not {made['events']} events")

    text = report(args, made, duck, duck_times, asked, engines)
    (OUT / "report.md").write_text(text)
    with open(OUT / "results.csv", "w", newline="") as file:
        csv.writer(file).writerows(results(duck_times, engines))
    duck.file.unlink()
    print("\n" + text)
    say("written to target/bench/report.md and results.csv")


if __name__ == "__main__":
    main()
