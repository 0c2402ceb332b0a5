// Bundles each entry of the panels' sources into one file, for `tests/js/build` and for the test that compares.
// An entry is a source with a default export: what anywidget loads. Nothing is minified, so that a change of a bundle
// can be read. Usage: node build.js [FOLDER TO WRITE TO]

import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = path.dirname(fileURLToPath(import.meta.url));
const sources = path.resolve(here, "../../src/ipyasgi/panels/static");

async function findEntries() {
  const names = (await readdir(sources)).filter((name) => name.endsWith(".js"));
  const texts = await Promise.all(names.map((name) => readFile(path.join(sources, name), "utf8")));
  return names.filter((_, number) => /^export default /m.test(texts[number]));
}

await build({
  absWorkingDir: sources, // the bundles name their sources, and must not name this machine
  entryPoints: await findEntries(),
  outdir: path.resolve(process.argv[2] ?? path.join(sources, "bundles")),
  bundle: true,
  format: "esm",
  target: "es2022",
  charset: "utf8",
  legalComments: "eof", // the licences of what is bundled travel along
  nodePaths: [path.join(here, "node_modules")],
  banner: { js: "// Made by tests/js/build from the files of panels/static; change those." },
});
