import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const html = readFileSync(new URL("../src/frame.html", import.meta.url), "utf8");

test("the frame keeps to its content security policy: nothing inline, nothing from elsewhere", () => {
  expect(html).not.toMatch(/<style|style=|\son\w+=|https?:|\/\//);
  expect([...html.matchAll(/<script[^>]*>([^<]*)<\/script>/g)].map(([, code]) => code)).toEqual([
    "",
  ]);
});
