// Builds the console into dist/ and copies it to where the agent-service serves it from.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const here = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const shared = {
  bundle: true,
  minify: true,
  target: ["chrome111", "firefox113", "safari16.4"],
  legalComments: "none",
  logLevel: "warning",
};

rmSync(here("dist"), { recursive: true, force: true });
mkdirSync(here("dist"), { recursive: true });
await Promise.all([
  build({
    ...shared,
    entryPoints: { console: here("src/main.tsx") },
    outdir: here("dist"),
    // Places that most agents never go to are fetched when somebody does.
    splitting: true,
    chunkNames: "place-[hash]",
    format: "esm",
    jsx: "automatic",
    jsxImportSource: "preact",
  }),
  build({ ...shared, entryPoints: [here("src/console.css")], outfile: here("dist/console.css") }),
]);
writeFileSync(here("dist/index.html"), readFileSync(here("src/index.html")));
for (const path of ["dist/console.js", "dist/console.css"]) {
  console.log(`${path}: ${gzipSync(readFileSync(here(path)), { level: 9 }).length} bytes gzip`);
}
const target = fileURLToPath(new URL("../../src/agent_service/static/console", import.meta.url));
rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
cpSync(here("dist"), target, { recursive: true });
