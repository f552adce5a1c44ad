// What the bundle for browsers expects to find around it, and nothing that reaches outside.
globalThis.window = globalThis.self = globalThis;
globalThis.module = { exports: {} };
globalThis.exports = globalThis.module.exports;
globalThis.process = { env: {}, cwd: () => "/", platform: "linux" };
globalThis.console = { log() {}, warn() {}, error() {} };
globalThis.setTimeout = () => 0;
