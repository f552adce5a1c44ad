#!/usr/bin/env bash
# Builds everything the browser gets into target/site: WASM and its glue, style, charts, fonts, public files, each with
# its .br and .gz. Files that did not change keep their time stamps, so that the server is not linked again for nothing.
. "$(dirname "$0")/lib.sh"
.ci/setup.sh

stage=$ROOT/target/front
module=$CARGO_OUT/$WASM_TARGET/wasm-release/frontend.wasm
mkdir -p "$stage"

say "front end: cargo build -p frontend --profile wasm-release"
cargo build --quiet --locked -p frontend --target "$WASM_TARGET" --profile wasm-release

key=$(sha256sum "$module" .ci/site.sh frontend/package-lock.json Cargo.lock | sha256sum)
if [ "$(cat "$stage/key" 2>/dev/null)" != "$key" ]; then
    rm -rf "$stage/bindgen" "$stage/key"
    wasm-bindgen --target web --no-typescript --out-dir "$stage/bindgen" --out-name reportage "$module"
    say "front end: wasm-opt -Oz"
    # Binaryen moves a function into its only caller, which saves bytes and breaks up what thousands of functions have in
    # common: without that the module is larger, and an eighth smaller after compression.
    # The features that rustc 1.95 takes for granted on this target, and no newer one: browsers lag behind binaryen.
    frontend/node_modules/.bin/wasm-opt -Oz --one-caller-inline-max-function-size 0 --strip-debug --strip-producers --mvp-features \
        --enable-bulk-memory --enable-bulk-memory-opt --enable-mutable-globals --enable-multivalue \
        --enable-nontrapping-float-to-int --enable-reference-types --enable-sign-ext \
        -o "$stage/bindgen/reportage.wasm" "$stage/bindgen/reportage_bg.wasm"
    echo "$key" >"$stage/key"
fi

say "front end: style, charts, fonts, compression"
node frontend/site.mjs --wasm "$stage/bindgen" --cache "$stage/compressed" --out "$SITE"
