#!/usr/bin/env bash
# What building needs, checked and installed where that is possible. Quick when everything is there.
. "$(dirname "$0")/lib.sh"

have cargo || die "Rust is needed: https://rustup.rs (rust-toolchain.toml then picks the version)"
have cc || need_debian cc gcc libc6-dev || die "a C compiler is needed for SQLite and QuickJS"

has_wasm() { [ -d "$(rustc --print target-libdir --target "$WASM_TARGET" 2>/dev/null)" ]; }
if ! has_wasm; then
    say "rustup target add $WASM_TARGET"
    if have rustup; then rustup target add "$WASM_TARGET" || true; fi
    has_wasm ||
        die "this Rust ($(rustc --version)) has no $WASM_TARGET and it could not be added; install it with 'rustup target add $WASM_TARGET'"
fi

# The command line tool must be exactly as old as the crate: they speak a private format to each other.
need_cargo_tool wasm-bindgen wasm-bindgen-cli "$(locked_version wasm-bindgen)"
# Cuts the program of the browser in parts. It reads what the macros of the crate `wasm_split_helpers` leave behind.
need_cargo_tool wasm-split-cli wasm_split_cli_support 0.2.4 --features build-binary
# Before cargo: server/content embeds the MJML compiler that npm brings.
need_npm frontend
