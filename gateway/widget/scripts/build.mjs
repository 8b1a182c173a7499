// Builds the loader and the frame into dist/, checks their weight, and copies what the gateway
// serves: prek.js and widget/ under gateway/src/gateway/static.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

/** What every visitor of a page pays, and what is paid after the click; gzip. */
const BUDGETS = [
  ["the loader", 3 * 1024, ["dist/prek.js"]],
  [
    "everything after the click",
    60 * 1024,
    // With one more language, the heaviest: nobody fetches two at once.
    [
      "dist/widget/frame.html",
      "dist/widget/frame.js",
      "dist/widget/frame.css",
      "dist/widget/nn.js",
    ],
  ],
];
const SHEETS = ["frame", "answer", "check"];
const BROWSERS = ["chrome111", "firefox113", "safari16.4"];

const here = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const shared = {
  bundle: true,
  minify: true,
  target: BROWSERS,
  legalComments: "none",
  logLevel: "warning",
};

/** Bokmål comes with the page; another language is a file that is fetched when it is wanted. */
const LANGUAGES = ["nn", "en"];
const languages = {
  name: "languages",
  setup({ onResolve }) {
    onResolve({ filter: /^\.\/(nn|en)$/ }, ({ path, kind }) =>
      kind === "dynamic-import" ? { path: `${path}.js`, external: true } : undefined,
    );
  },
};

rmSync(here("dist"), { recursive: true, force: true });
mkdirSync(here("dist/widget"), { recursive: true });
await Promise.all([
  build({
    ...shared,
    entryPoints: [here("src/loader.ts")],
    outfile: here("dist/prek.js"),
    format: "iife",
  }),
  build({
    ...shared,
    entryPoints: [here("src/frame/main.tsx")],
    outfile: here("dist/widget/frame.js"),
    format: "esm",
    plugins: [languages],
    jsx: "automatic",
    jsxImportSource: "preact",
  }),
  build({
    ...shared,
    entryPoints: [here("src/answer/main.ts")],
    outfile: here("dist/widget/answer.js"),
    format: "esm",
    plugins: [languages],
  }),
  ...LANGUAGES.map((language) =>
    build({
      ...shared,
      entryPoints: [here(`src/texts/${language}.ts`)],
      outfile: here(`dist/widget/${language}.js`),
      format: "esm",
    }),
  ),
  ...SHEETS.map((page) =>
    build({
      ...shared,
      entryPoints: [here(`src/${page}.css`)],
      outfile: here(`dist/widget/${page}.css`),
    }),
  ),
]);
for (const page of ["frame.html", "answer.html"]) {
  writeFileSync(here(`dist/widget/${page}`), readFileSync(here(`src/${page}`)));
}

/** A custom property with its value, in which a string may hold anything. */
const TOKEN = /(--[\w-]+):(?:"[^"]*"|'[^']*'|[^;{}"'])*(?:;|(?=\}))/g;

/** Take away tokens of the design system that no rule refers to, and rules that are then empty. */
function pruned(css) {
  const used = new Set(Array.from(css.matchAll(/var\(\s*(--[\w-]+)/g), ([, name]) => name));
  const kept = css
    .replace(TOKEN, (whole, name) => (used.has(name) ? whole : ""))
    .replace(/[^{};]+\{\}/g, "");
  return kept === css ? css : pruned(kept);
}

for (const page of SHEETS) {
  const path = here(`dist/widget/${page}.css`);
  writeFileSync(path, pruned(readFileSync(path, "utf8")));
}

const weight = (path) => gzipSync(readFileSync(here(path)), { level: 9 }).length;
for (const [what, budget, paths] of BUDGETS) {
  const bytes = paths.reduce((sum, path) => sum + weight(path), 0);
  console.log(`${what}: ${bytes} of ${budget} bytes gzip`);
  for (const path of paths) console.log(`  ${path}: ${weight(path)}`);
  if (bytes > budget) {
    console.error(`${what} may weigh ${budget} bytes gzip at most`);
    process.exitCode = 1;
  }
}
if (process.exitCode) process.exit();

const target = fileURLToPath(new URL("../../src/gateway/static", import.meta.url));
rmSync(`${target}/widget`, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
cpSync(here("dist/widget"), `${target}/widget`, { recursive: true });
cpSync(here("dist/prek.js"), `${target}/widget/prek.js`);
