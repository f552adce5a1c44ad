#!/usr/bin/env bash
# `make bench`: what end2end/bench/README.md says. EVENTS, CAMPAIGNS and ENGINES change the size of it.
. "$(dirname "$0")/lib.sh"

python=$(command -v python3) || die "Python 3.9 or newer is needed"
venv=$ROOT/target/bench/venv
if ! cmp -s end2end/bench/requirements.txt "$venv/.installed"; then
    say "DuckDB from PyPI"
    "$python" -m venv "$venv" || { need_debian pip3 python3-venv python3-pip; "$python" -m venv "$venv"; }
    "$venv/bin/pip" install --quiet --disable-pip-version-check -r end2end/bench/requirements.txt
    cp end2end/bench/requirements.txt "$venv/.installed"
fi

.ci/build.sh
say "client: cargo build --release --example bench"
cargo build --quiet --locked --release -p server --example bench

# shellcheck disable=SC2086  # several engines
exec "$venv/bin/python" end2end/bench/bench.py --binary "$BINARY" --client "$CARGO_OUT/release/examples/bench" \
    --events "${EVENTS:-10000000}" --campaigns "${CAMPAIGNS:-200}" --engines ${ENGINES:-sqlite postgres}
