#!/usr/bin/env bash
# `make test`: every check, one after the other, all of them even when one fails. The last line counts:
#   N passed, N failed, N skipped
# A step that runs tests counts its tests, any other counts as one. With arguments only those steps run.
. "$(dirname "$0")/lib.sh"

ALL=(format setup clippy clippy-wasm docs licences build unit browser)
if [ $# -gt 0 ]; then STEPS=("$@"); else STEPS=("${ALL[@]}"); fi
logs=$ROOT/target/test-logs
mkdir -p "$logs"
passed=0 failed=0 skipped=0
export CARGO_TERM_COLOR=never TERM=dumb

# ---- the steps -------------------------------------------------------------------------------------------------------

step_format()      { cargo fmt --all --check; }
# Before anything that compiles: the wasm target is not there on a machine whose rustup installs nothing by itself.
step_setup()       { .ci/setup.sh; }
step_clippy()      { cargo clippy --locked --keep-going --all-targets -- -D warnings; }
step_clippy_wasm() { cargo clippy --locked --keep-going -p frontend -p app --features frontend/split --target "$WASM_TARGET" -- -D warnings; }
step_docs()        { RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps --document-private-items; }

step_licences() {
    need_cargo_tool cargo-deny cargo-deny 0.20.2 || { echo "SKIPPED: cargo-deny can't be installed"; return 0; }
    # These three need the crates of every platform and no advisory database.
    cargo fetch --quiet --locked
    cargo deny --offline --all-features check licenses bans sources
    advisories
}

# Known vulnerabilities (RustSec), where the database can be had. A machine without a way to it says so: an advisory that
# nobody could look up is no failure of the code.
advisories() {
    if ! timeout 120 cargo deny --all-features fetch db; then
        echo "SKIPPED: RustSec's advisory database can't be fetched here; no advisory was looked up"
        return 0
    fi
    cargo deny --all-features check --disable-fetch advisories
}

step_build() { .ci/build.sh; }

# fresh_binary: whether the release binary is there and no older than what it is made of.
fresh_binary() {
    [ -f "$BINARY" ] && [ -z "$(find app frontend server style public Cargo.toml Cargo.lock Leptos.toml \
        \( -name node_modules -o -name tests -o -name examples -o -name tests.rs \) -prune -o -type f -newer "$BINARY" -print -quit)" ]
}

# The store's tests find PostgreSQL through REPORTAGE_TEST_POSTGRES, those of the whole program through REPORTAGE_BIN.
step_unit() {
    # What tests leave behind goes with the step.
    TMPDIR=$(mktemp -d /tmp/reportage-unit.XXXXXX)
    export TMPDIR
    # PostgreSQL runs as somebody else.
    chmod 755 "$TMPDIR"
    trap 'rm -rf "$TMPDIR"' EXIT
    # Without this, `make test STEPS=unit` would judge whatever was built long ago. When it can't be built (that is for
    # the build step to report) the tests take the binary that cargo makes for them.
    if fresh_binary || .ci/build.sh; then export REPORTAGE_BIN=$BINARY; else unset REPORTAGE_BIN; fi
    # One test puts the live stream behind nginx; without it that test says that it was skipped.
    need_debian nginx nginx || true
    # Carriers are tested against independent doubles; bounces against a mail server of Debian's.
    need_npm end2end/doubles
    need_debian /usr/sbin/postfix postfix || true
    # Amazon's notifications: moto signs them. Without it that test says that it was skipped.
    need_pypi moto_server 'moto[server]==5.2.5' || true
    if cargo nextest --version >/dev/null 2>&1; then
        .ci/postgres.sh cargo nextest run --locked --no-fail-fast --status-level fail --final-status-level fail --success-output final
    else
        # Of tests that pass, too: what was skipped is said there.
        .ci/postgres.sh cargo test --locked --no-fail-fast -- --show-output
    fi
}

step_browser() {
    need_npm end2end
    # Mails go to a mail server of npm's.
    need_npm end2end/doubles
    have chromium || have chromium-browser || need_debian chromium chromium || return 1
    (cd end2end && REPORTAGE_BIN=$BINARY node node_modules/@playwright/test/cli.js test)
}

# ---- running and counting --------------------------------------------------------------------------------------------

# count LOG: adds what the test runners say in LOG to p, f and s.
count() {
    local numbers
    numbers=$(sed -E 's/\x1b\[[0-9;]*m//g' "$1" | awk '
        # nextest:     Summary [   1.2s] 12 tests run: 10 passed (1 slow), 2 failed, 3 skipped
        /^ *Summary \[/ { sub(/.*tests? run: */, ""); add() }
        # cargo test:  test result: ok. 12 passed; 0 failed; 3 ignored; …
        /^test result:/ { add() }
        # Playwright:  "  12 passed (3.4s)", "  1 failed", "  1 flaky", "  2 skipped", "  1 did not run"
        /^ +[0-9]+ (passed|failed|flaky|skipped|interrupted|did not run)/ { add() }
        /^ *SKIPPED: / { s++ }
        function add(  parts, i, n) {
            n = split($0, parts, /[,;.]/)
            for (i = 1; i <= n; i++) {
                if (match(parts[i], /[0-9]+ passed/)) p += substr(parts[i], RSTART)
                if (match(parts[i], /[0-9]+ (failed|timed out|exec failed|flaky|interrupted|did not run)/)) f += substr(parts[i], RSTART)
                if (match(parts[i], /[0-9]+ (skipped|ignored)/)) s += substr(parts[i], RSTART)
            }
        }
        END { print p + 0, f + 0, s + 0 }')
    read -r p f s <<<"$numbers"
}

for step in "${STEPS[@]}"; do
    name=step_${step//-/_}
    declare -F "$name" >/dev/null || die "no step '$step'; there are: ${ALL[*]}"
    say "$step …"
    log=$logs/$step.log
    began=$SECONDS
    # Not `(…) || code=$?`: that would switch `set -e` off inside the step.
    set +e
    (set -e; "$name") </dev/null >"$log" 2>&1
    code=$?
    set -e
    count "$log"
    if [ "$code" -ne 0 ] && [ "$f" -eq 0 ]; then f=1; fi
    if [ "$code" -eq 0 ] && [ $((p + s)) -eq 0 ]; then p=1; fi
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
    if [ "$f" -ne 0 ]; then
        say "$step FAILED ($p passed, $f failed, $((SECONDS - began)) s); the end of ${log#"$ROOT"/}:"
        # nextest prints what passed after what failed: the failures first.
        awk '/^ +(FAIL|TIMEOUT|ABORT|SIG[A-Z]+) \[/ { left = 40 } left-- > 0 && shown++ < 200' "$log" | sed 's/^/    | /'
        grep -vE '^ +(Checking|Compiling|Documenting|Downloaded) ' "$log" | tail -n 150 | sed 's/^/    | /'
    else
        grep -E '^ *(SKIPPED|SIZE): ' "$log" | sed -E 's/^ */    /' || true
        say "$step ok ($p passed, $s skipped, $((SECONDS - began)) s)"
    fi
done

echo
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
