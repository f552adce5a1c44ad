// Puts together what the browser gets. Called by .ci/site.sh (release) and .ci/watch.sh (static parts only).
//
//   node frontend/site.mjs --wasm DIR --cache DIR --out target/site    everything, pre-compressed
//   node frontend/site.mjs --static --out target/assets                ECharts, fonts and public/ as they are
import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, extname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import * as esbuild from "esbuild";
import * as sass from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const { values: options } = parseArgs({
    options: {
        wasm: { type: "string" },
        cache: { type: "string" },
        out: { type: "string" },
        static: { type: "boolean", default: false },
    },
});

const FONTS = ["inter-latin-wght-normal.woff2", "inter-latin-ext-wght-normal.woff2"];
const COMPRESSIBLE = new Set([".css", ".html", ".ico", ".js", ".json", ".svg", ".txt", ".wasm", ".webmanifest"]);

const digest = (bytes) => createHash("sha256").update(bytes).digest("hex");
const hashed = (name, bytes) => {
    const extension = extname(name);
    return `${name.slice(0, -extension.length)}-${digest(bytes).slice(0, 8)}${extension}`;
};

async function bundle(entry, settings) {
    const result = await esbuild.build({
        entryPoints: [entry],
        bundle: true,
        minify: true,
        write: false,
        target: "es2022",
        legalComments: "none",
        logLevel: "warning",
        ...settings,
    });
    return Buffer.from(result.outputFiles[0].contents);
}

async function echarts() {
    const code = await bundle(join(here, "echarts.js"), {
        format: "iife",
        globalName: "echarts",
        banner: { js: "/*! Apache ECharts, Apache-2.0, https://echarts.apache.org */" },
    });
    return [`pkg/${hashed("echarts.js", code)}`, code];
}

async function fonts() {
    const from = join(here, "node_modules/@fontsource-variable/inter/files");
    return Promise.all(FONTS.map(async (name) => [name, await readFile(join(from, name))]));
}

async function publicFiles() {
    const from = join(root, "public");
    const entries = await readdir(from, { recursive: true, withFileTypes: true }).catch(() => []);
    return Promise.all(
        entries
            .filter((entry) => entry.isFile())
            .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
            .map(async (path) => [relative(from, path), await readFile(path)]),
    );
}

/** The program's parts and their glue, which names those that are fetched later: a part each, and what parts share. */
async function program() {
    const read = (name) => readFile(resolve(options.wasm, name));
    const found = (await readdir(options.wasm)).filter((name) => /^(split|chunk)_.*\.wasm$/.test(name)).sort();
    const [glue, first, ...parts] = await Promise.all([
        // wasm-bindgen imports the loader of the parts once for each of them, under one key.
        bundle(resolve(options.wasm, "reportage.js"), { format: "esm", logOverride: { "duplicate-object-key": "silent" } }),
        read("reportage.wasm"),
        ...found.map(read),
    ]);
    // They know each other by numbers: one of another build would call whatever has those numbers there. So their names
    // say to which build they belong, and a page that outlived its server finds nothing.
    const build = digest(Buffer.concat([first, ...parts])).slice(0, 8);
    const files = [["pkg/reportage.wasm", first]];
    let text = glue.toString();
    found.forEach((name, n) => {
        if (text.split(`"./${name}"`).length !== 2) throw new Error(`the glue should name ${name} once`);
        const path = `later-${name.replace(/^split_|\.wasm$/g, "")}-${build}.wasm`;
        text = text.replace(`"./${name}"`, `"./${path}"`);
        files.push([`pkg/${path}`, parts[n]]);
    });
    return [["pkg/reportage.js", Buffer.from(text)], ...files];
}

/** Compressed style, with each font's plain name replaced by the name that carries its hash. */
function style(fontNames) {
    const { css } = sass.compile(join(root, "style/main.scss"), { style: "compressed" });
    return Buffer.from(
        css.replaceAll(/\/fonts\/([\w-]+\.woff2)/g, (_, name) => {
            if (!fontNames.has(name)) throw new Error(`style asks for the font ${name}; frontend/site.mjs has ${[...fontNames.keys()]}`);
            return `/fonts/${fontNames.get(name)}`;
        }),
    );
}

/** `bytes` compressed at the highest level; kept by content, because that level is slow. */
async function compressed(bytes, encoding) {
    const kept = join(options.cache, `${digest(bytes)}.${encoding}`);
    try {
        return await readFile(kept);
    } catch {
        const result =
            encoding === "br"
                ? await promisify(brotliCompress)(bytes, {
                      params: {
                          [constants.BROTLI_PARAM_QUALITY]: 11,
                          [constants.BROTLI_PARAM_LGWIN]: 24,
                          [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
                      },
                  })
                : await promisify(gzip)(bytes, { level: 9 });
        await mkdir(options.cache, { recursive: true });
        await writeFile(kept, result);
        return result;
    }
}

/** Makes `directory` hold exactly `files`; what is equal already is not touched. */
async function sync(directory, files) {
    const present = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => []);
    for (const entry of present) {
        const path = join(entry.parentPath ?? entry.path, entry.name);
        if (entry.isFile() && !files.has(relative(directory, path))) await rm(path);
    }
    for (const [name, bytes] of files) {
        const path = join(directory, name);
        const old = await readFile(path).catch(() => null);
        if (old?.equals(bytes)) continue;
        await mkdir(dirname(path), { recursive: true });
        await writeFile(path, bytes);
    }
}

const files = new Map(await publicFiles());
files.set(...(await echarts()));
const faces = await fonts();

if (options.static) {
    for (const [name, bytes] of faces) files.set(`fonts/${name}`, bytes);
} else {
    const fontNames = new Map(faces.map(([name, bytes]) => [name, hashed(name, bytes)]));
    for (const [name, bytes] of faces) files.set(`fonts/${fontNames.get(name)}`, bytes);
    files.set("pkg/reportage.css", style(fontNames));
    for (const [name, bytes] of await program()) files.set(name, bytes);
    for (const [name, bytes] of [...files]) {
        if (!COMPRESSIBLE.has(extname(name))) continue;
        files.set(`${name}.br`, await compressed(bytes, "br"));
        files.set(`${name}.gz`, await compressed(bytes, "gz"));
        console.log(`    ${name.padEnd(28)} ${bytes.length.toString().padStart(9)} bytes, brotli ${files.get(`${name}.br`).length}`);
    }
}
await sync(resolve(options.out), files);
