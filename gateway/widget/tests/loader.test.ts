import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { expect, test } from "vitest";

const entry = fileURLToPath(new URL("../src/loader.ts", import.meta.url));

/** What every visitor of the municipality's page pays, before anything is clicked. */
const BUDGET_BYTES = 3 * 1024;
const BROWSERS = ["chrome111", "firefox113", "safari16.4"];

test("the loader is small", async () => {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    minify: true,
    format: "iife",
    target: BROWSERS,
    write: false,
  });
  const [bundle] = outputFiles;
  expect(gzipSync(bundle?.contents ?? "", { level: 9 }).length).toBeGreaterThan(500);
  expect(gzipSync(bundle?.contents ?? "", { level: 9 }).length).toBeLessThanOrEqual(BUDGET_BYTES);
});

test("the loader depends on nothing, and writes text only as text", () => {
  const source = readFileSync(entry, "utf8");
  expect(source).not.toMatch(/^import |\bimport\(|\brequire\(/m);
  expect(source).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(/);
});

test("the loader asks for nothing by itself, and keeps nothing outside the tab", () => {
  const source = readFileSync(entry, "utf8");
  expect(source).not.toMatch(/\bfetch\(|XMLHttpRequest|sendBeacon|new Image|localStorage|cookie/);
  expect(source).not.toMatch(/https?:\/\/(?!www\.w3\.org\/2000\/svg)/);
});
