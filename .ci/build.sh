#!/usr/bin/env bash
# The release binary with the whole site inside it.
. "$(dirname "$0")/lib.sh"
.ci/site.sh
say "server: cargo build --release"
cargo build --quiet --locked --release -p server
say "built ${BINARY#"$ROOT"/} ($(du -h "$BINARY" | cut -f1))"
