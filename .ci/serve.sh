#!/usr/bin/env bash
# `make run`: the release binary on reportage.db, with the demonstration in it when it is new.
. "$(dirname "$0")/lib.sh"
.ci/build.sh

export REPORTAGE_DATABASE=${REPORTAGE_DATABASE:-sqlite://$ROOT/reportage.db}
"$BINARY" demo --if-empty
exec "$BINARY" serve --live-demo "$@"
