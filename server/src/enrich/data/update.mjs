// Rebuilds the two data files beside this script from the npm packages they come from:
//
//   npm install --prefix /tmp/ua --ignore-scripts uap-core crawler-user-agents js-yaml
//   node server/src/enrich/data/update.mjs /tmp/ua/node_modules
//
// They are kept in the repository (60 kB) so that the server builds from a clean clone without npm.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const modules = process.argv[2];
if (!modules) throw new Error("usage: update.mjs NODE_MODULES");
const here = dirname(fileURLToPath(import.meta.url));
const yaml = createRequire(join(modules, "index.js"))("js-yaml");
const version = (name) => JSON.parse(readFileSync(join(modules, name, "package.json"), "utf8")).version;

// Operating systems: only the part of uap-core that is used, and only the fields that name the family.
const rules = yaml.load(readFileSync(join(modules, "uap-core/regexes.yaml"), "utf8")).os_parsers;
const os = rules.map(({ regex, os_replacement }) => (os_replacement ? { regex, os_replacement } : { regex }));
writeFileSync(
  join(here, "os.json"),
  `{"source":"uap-core ${version("uap-core")}","license":"Apache-2.0","os_parsers":[\n${os.map((rule) => JSON.stringify(rule)).join(",\n")}\n]}\n`,
);

// Known crawlers: class, then pattern. scanner: security and compliance scanners; prefetch: link previews and image
// proxies; machine: everything else.
const list = JSON.parse(readFileSync(join(modules, "crawler-user-agents/crawler-user-agents.json"), "utf8"));
const classOf = (tags = []) =>
  tags.includes("scanner") ? "scanner" : tags.includes("social-preview") ? "prefetch" : "machine";
writeFileSync(
  join(here, "crawlers.tsv"),
  `# crawler-user-agents ${version("crawler-user-agents")}, MIT, https://github.com/monperrus/crawler-user-agents\n` +
    list.map(({ pattern, tags }) => `${classOf(tags)}\t${pattern}\n`).join(""),
);
