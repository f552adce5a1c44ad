#!/usr/bin/env bash
# Runs a command with a PostgreSQL of its own, whose address is in REPORTAGE_TEST_POSTGRES:
#   .ci/postgres.sh cargo test -p store
# The cluster lives in a temporary folder, listens on a free loopback port and is gone afterwards. Nothing is synced to
# disk: these databases are for tests alone. An address that is set already is used as it is.
. "$(dirname "$0")/lib.sh"

[ -z "${REPORTAGE_TEST_POSTGRES:-}" ] || exec "$@"

# Debian keeps these off PATH, in a folder per version.
programs() {
    { find /usr/lib/postgresql /usr/pgsql-* /opt/homebrew/opt/postgresql* -path '*/bin/initdb' 2>/dev/null || true; } |
        sort -V | tail -n 1 | xargs -r dirname
}
have initdb || PATH="$(programs):$PATH"
have initdb || { need_debian initdb postgresql >&2 || true; PATH="$(programs):$PATH"; }
if ! have initdb; then
    # make test counts and shows lines that begin like this.
    echo "SKIPPED: PostgreSQL can't be installed here; the store is tested on SQLite alone"
    exec "$@"
fi

# The server refuses to run as root.
as_owner() { if [ "$(id -u)" = 0 ]; then setpriv --reuid=postgres --regid=postgres --clear-groups -- "$@"; else "$@"; fi; }

cluster=$(mktemp -d "${TMPDIR:-/tmp}/reportage-postgres.XXXXXX")
[ "$(id -u)" != 0 ] || chown postgres: "$cluster"
stop() {
    (cd / && as_owner pg_ctl --pgdata "$cluster/data" --mode immediate stop >/dev/null 2>&1) || true
    rm -rf "$cluster"
}
trap stop EXIT

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])' 2>/dev/null ||
    node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })')
(
    cd /
    as_owner initdb --pgdata "$cluster/data" --username postgres --auth trust --encoding UTF8 --locale C --no-sync >/dev/null
    as_owner pg_ctl --pgdata "$cluster/data" --wait --log "$cluster/log" --options \
        "-c listen_addresses=127.0.0.1 -c port=$port -c unix_socket_directories=$cluster -c max_connections=200 -c fsync=off -c synchronous_commit=off -c full_page_writes=off" \
        start >/dev/null
) || { cat "$cluster/log" >&2; die "PostgreSQL did not start"; }

export REPORTAGE_TEST_POSTGRES="postgres://postgres@127.0.0.1:$port/postgres"
"$@"
