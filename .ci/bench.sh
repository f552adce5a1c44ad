#!/usr/bin/env bash
# `make bench`: what end2end/bench/README.md says. EVENTS, CAMPAIGNS and ENGINES change the size of it, MESSAGES and CARRIERS
# that of the campaigns sent to doubles of carriers.
export REPORTAGE_PROFILE=dist
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
say "client: cargo build --profile $PROFILE --example bench"
cargo build --quiet --locked --profile "$PROFILE" -p server --example bench

say "sending: cargo build --profile $PROFILE --example rate, --example million"
cargo build --quiet --locked --profile "$PROFILE" -p delivery --example rate -p store --example million
mkdir -p target/bench
for carrier in ${CARRIERS:-smtp twilio meta webpush fcm}; do
    "$CARGO_OUT/$PROFILE/examples/rate" --carrier "$carrier" --messages "${MESSAGES:-10000}"
done | tee target/bench/sending.md
rm -f target/bench/million.db*
"$CARGO_OUT/$PROFILE/examples/million" "sqlite://$ROOT/target/bench/million.db" | tee target/bench/contacts.txt
rm -f target/bench/million.db*

# shellcheck disable=SC2086  # several engines
exec "$venv/bin/python" end2end/bench/bench.py --binary "$BINARY" --client "$CARGO_OUT/$PROFILE/examples/bench" \
    --events "${EVENTS:-10000000}" --campaigns "${CAMPAIGNS:-200}" --engines ${ENGINES:-sqlite postgres}
