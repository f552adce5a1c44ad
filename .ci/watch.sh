#!/usr/bin/env bash
# `make watch`: cargo-leptos rebuilds and reloads on each edit. Only here: it is minutes to install, and `make run` and
# `make test` need none of it.
. "$(dirname "$0")/lib.sh"
.ci/setup.sh
need_cargo_tool cargo-leptos cargo-leptos 0.3.10 --no-default-features --features no_downloads

# cargo-leptos copies one folder of files as they are: ours, with the charts and fonts beside.
node frontend/site.mjs --static --out target/assets
export LEPTOS_ASSETS_DIR=target/assets
export PATH="$ROOT/frontend/node_modules/.bin:$PATH"
exec cargo leptos watch -- serve "$@"
