# shellcheck shell=bash disable=SC2034
# What every script here shares: where things are, how progress is printed, how a tool is found.
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
TOOLS=${REPORTAGE_TOOLS:-$ROOT/target/tools}
SITE=$ROOT/target/site                       # what rust-embed reads; fixed, whatever CARGO_TARGET_DIR says
CARGO_OUT=${CARGO_TARGET_DIR:-$ROOT/target}
PROFILE=${REPORTAGE_PROFILE:-release}          # `dist` links slower and runs faster
BINARY=$CARGO_OUT/$PROFILE/reportage
WASM_TARGET=wasm32-unknown-unknown
cd "$ROOT"
export PATH="$TOOLS/bin:$PATH"

say()  { printf '[%4ds] %s\n' "$SECONDS" "$*"; }
die()  { printf 'error: %s\n' "$*" >&2; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

# locked_version CRATE: the version that Cargo.lock holds.
locked_version() {
    awk -v want="name = \"$1\"" '$0 == want { getline; gsub(/version = |"/, ""); print; exit }' "$ROOT/Cargo.lock"
}

# need_npm DIR: node_modules as the lock file says; nothing to do while the lock file is the one installed.
need_npm() {
    local dir=$1 stamp=$1/node_modules/.installed
    { have node && have npm; } || die "Node.js >= 20.19 with npm is needed (https://nodejs.org, or your package manager)"
    cmp -s "$dir/package-lock.json" "$stamp" && return
    say "npm ci in $dir"
    (cd "$dir" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
    cp "$dir/package-lock.json" "$stamp"
}

# need_debian COMMAND PACKAGE...: installs Debian packages when COMMAND is missing and we may.
need_debian() {
    local command=$1; shift
    have "$command" && return
    have apt-get || { echo "$command is missing; install it with your package manager"; return 1; }
    [ "$(id -u)" = 0 ] || { echo "$command is missing; as root: apt-get install $*"; return 1; }
    say "apt-get install $*"
    DEBIAN_FRONTEND=noninteractive apt-get update -qq >/dev/null || true
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

# need_pypi COMMAND REQUIREMENT: a Python package in a virtual environment of its own under $TOOLS, its command on PATH.
need_pypi() {
    local command=$1 requirement=$2 home=$TOOLS/pypi/$1
    have "$command" && return
    have python3 || { echo "$command is missing; it needs python3"; return 1; }
    say "pip install $requirement"
    python3 -m venv "$home" && "$home/bin/pip" install --quiet --disable-pip-version-check "$requirement" || return 1
    mkdir -p "$TOOLS/bin"
    ln -sf "$home/bin/$command" "$TOOLS/bin/$command"
}

# need_cargo_tool BINARY CRATE VERSION [cargo install arguments]: on PATH in that very version, or built into $TOOLS.
need_cargo_tool() {
    local binary=$1 crate=$2 version=$3; shift 3
    if have "$binary"; then
        if "$binary" --version 2>/dev/null | grep -qwF "$version"; then return; fi
        # Not every tool can say it; cargo knows what it installed.
        if [ "$(command -v "$binary")" = "$TOOLS/bin/$binary" ] && grep -qF "\"$crate $version (" "$TOOLS/.crates.toml" 2>/dev/null; then return; fi
    fi
    say "cargo install $crate $version (once, into ${TOOLS#"$ROOT"/})"
    # The lock file a tool was published with may name a release that a mirror lacks or its author has yanked;
    # then cargo picks the dependencies itself.
    install_tool "$crate" "$version" --locked "$@" || install_tool "$crate" "$version" "$@"
    rm -rf "$TOOLS/build"
}

install_tool() {
    local crate=$1 version=$2; shift 2
    CARGO_TARGET_DIR="$TOOLS/build" CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_PROFILE_RELEASE_OPT_LEVEL=2 \
        cargo install --quiet --force --root "$TOOLS" --version "$version" "$@" "$crate"
}
