#!/usr/bin/env bash
# The release binary with the whole site inside it.
. "$(dirname "$0")/lib.sh"
.ci/site.sh
say "server: cargo build --profile $PROFILE"
cargo build --quiet --locked --profile "$PROFILE" -p server
say "built ${BINARY#"$ROOT"/} ($(du -h "$BINARY" | cut -f1))"
