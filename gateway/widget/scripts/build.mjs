// Builds the loader and the frame into dist/, checks the loader's weight, and copies what the
// gateway serves: prek.js and widget/ under gateway/src/gateway/static.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const LOADER_BUDGET_BYTES = 3 * 1024;
const BROWSERS = ["chrome111", "firefox113", "safari16.4"];

const here = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const shared = {
  bundle: true,
  minify: true,
  target: BROWSERS,
  legalComments: "none",
  logLevel: "warning",
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
    jsx: "automatic",
    jsxImportSource: "preact",
  }),
  build({
    ...shared,
    entryPoints: [here("src/answer/main.ts")],
    outfile: here("dist/widget/answer.js"),
    format: "esm",
  }),
  ...["frame", "answer"].map((page) =>
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

const weight = (path) => gzipSync(readFileSync(here(path)), { level: 9 }).length;
for (const path of ["dist/prek.js", "dist/widget/frame.js", "dist/widget/frame.css"]) {
  console.log(`${path}: ${weight(path)} bytes gzip`);
}
if (weight("dist/prek.js") > LOADER_BUDGET_BYTES) {
  console.error(`the loader may weigh ${LOADER_BUDGET_BYTES} bytes gzip at most`);
  process.exit(1);
}

const target = fileURLToPath(new URL("../../src/gateway/static", import.meta.url));
rmSync(`${target}/widget`, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
cpSync(here("dist/widget"), `${target}/widget`, { recursive: true });
cpSync(here("dist/prek.js"), `${target}/widget/prek.js`);
