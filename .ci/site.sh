#!/usr/bin/env bash
# Builds everything the browser gets into target/site: WASM and its glue, style, charts, fonts, public files, each with
# its .br and .gz. Files that did not change keep their time stamps, so that the server is not linked again for nothing.
. "$(dirname "$0")/lib.sh"
.ci/setup.sh

stage=$ROOT/target/front
module=$CARGO_OUT/$WASM_TARGET/wasm-release/frontend.wasm
mkdir -p "$stage"

# optimised FROM TO: what binaryen makes of a module.
# It moves a function into its only caller, which saves bytes and breaks up what thousands of functions have in common:
# without that the module is larger, and an eighth smaller after compression.
# The features that rustc 1.95 takes for granted on this target, and no newer one: browsers lag behind binaryen.
optimised() {
    say "front end: wasm-opt -Oz $(basename "$2")"
    frontend/node_modules/.bin/wasm-opt -Oz --one-caller-inline-max-function-size 0 --strip-debug --strip-producers --mvp-features \
        --enable-bulk-memory --enable-bulk-memory-opt --enable-mutable-globals --enable-multivalue \
        --enable-nontrapping-float-to-int --enable-reference-types --enable-sign-ext \
        -o "$2" "$1"
}

say "front end: cargo build -p frontend --profile wasm-release"
# The tool that cuts the program in parts (app/src/later) needs to know what refers to what.
cargo rustc --quiet --locked -p frontend --lib --features split --target "$WASM_TARGET" --profile wasm-release -- -C link-args=--emit-relocs

key=$(sha256sum "$module" .ci/site.sh .ci/setup.sh frontend/package-lock.json Cargo.lock | sha256sum)
if [ "$(cat "$stage/key" 2>/dev/null)" != "$key" ]; then
    rm -rf "$stage/split" "$stage/bindgen" "$stage/key"
    mkdir -p "$stage/split"
    wasm-split-cli --target web --out-name reportage "$module" "$stage/split"
    # The later parts share memory, stack and function table of the first: exports that are dropped otherwise.
    wasm-bindgen --target web --no-typescript --keep-lld-exports --out-dir "$stage/bindgen" --out-name reportage "$stage/split/reportage.wasm"
    cp "$stage/split/__wasm_split.js" "$stage/bindgen/"
    optimised "$stage/bindgen/reportage_bg.wasm" "$stage/bindgen/reportage.wasm"
    for part in "$stage"/split/{split,chunk}_*.wasm; do
        [ ! -f "$part" ] || optimised "$part" "$stage/bindgen/$(basename "$part")"
    done
    echo "$key" >"$stage/key"
fi

say "front end: style, charts, fonts, compression"
node frontend/site.mjs --wasm "$stage/bindgen" --cache "$stage/compressed" --out "$SITE"
