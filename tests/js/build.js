// Bundles each entry of the panels' sources into one file, for `tests/js/build` and for the test that compares.
// An entry is a source with a default export: what anywidget loads. Nothing of ours is minified, so that a change of a
// bundle can be read; the JSON editor is, because almost all of it is CodeMirror, and it carries CodeMirror's licences.
// Usage: node build.js [FOLDER TO WRITE TO]

import { existsSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = path.dirname(fileURLToPath(import.meta.url));
const sources = path.resolve(here, "../../src/ipyasgi/panels/static");
const bundles = path.resolve(process.argv[2] ?? path.join(sources, "bundles"));
const EDITOR = "json_editor.js";
const SHARED = {
  absWorkingDir: sources, // the bundles name their sources, and must not name this machine
  bundle: true,
  format: "esm",
  target: "es2022",
  charset: "utf8",
  legalComments: "eof", // the licences of what is bundled travel along
  nodePaths: [path.join(here, "node_modules")],
};

async function findEntries() {
  const names = (await readdir(sources)).filter((name) => name.endsWith(".js"));
  const texts = await Promise.all(names.map((name) => readFile(path.join(sources, name), "utf8")));
  return names.filter((_, number) => /^export default /m.test(texts[number]));
}

/**
 * The packages among the inputs of a bundle, with their licences, as a comment.
 * @param {Record<string, unknown>} inputs
 */
async function licencesOf(inputs) {
  const folders = Object.keys(inputs).map((name) => /^.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(name));
  const packages = new Map(folders.filter(Boolean).map((found) => [found[1], path.resolve(sources, found[0])]));
  const byText = new Map();
  for (const [name, folder] of [...packages].sort()) {
    const file = path.join(folder, "LICENSE");
    if (!existsSync(file)) throw new Error(`${name} has no LICENSE`);
    const text = (await readFile(file, "utf8")).trim();
    byText.set(text, [...(byText.get(text) ?? []), name]);
  }
  const parts = [...byText].map(([text, names]) => `${names.join(", ")}\n\n${text}`);
  return `/*!\n${parts.join("\n\n----\n\n").replaceAll("*/", "* /")}\n*/\n`;
}

await build({
  ...SHARED,
  entryPoints: await findEntries(),
  outdir: bundles,
  banner: { js: "// Made by tests/js/build from the files of panels/static; change those." },
});
const { metafile, outputFiles } = await build({
  ...SHARED,
  entryPoints: [EDITOR],
  outdir: bundles,
  minify: true,
  metafile: true,
  write: false,
  banner: { js: "// Made by tests/js/build from panels/static/json_editor.js and CodeMirror; change that." },
});
await writeFile(path.join(bundles, EDITOR), outputFiles[0].text + (await licencesOf(metafile.inputs)));
