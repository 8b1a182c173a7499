/// <reference types="node" />
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { findNumbers, type MaskedKind } from "../src";

interface Example {
  readonly text: string;
  readonly masked: string;
  readonly kinds: readonly MaskedKind[];
}

/** What both languages agree on: the suite of `services` reads the same file. */
const TABLE = JSON.parse(
  readFileSync(new URL("../../tests/masked_numbers.json", import.meta.url), "utf8"),
) as Example[];

test.each(TABLE)("$text", ({ text, kinds }) => expect(findNumbers(text)).toEqual(kinds));

test("what is masked has nothing left to warn of", () => {
  for (const { masked } of TABLE) expect(findNumbers(masked)).toEqual([]);
});

/** The separators that the server knows, one by one. */
const BETWEEN = Array.from(
  "\t\n\r\x1c\x1f\x85 \u00a0\u1680\u2000\u2009\u2028\u202f\u205f\u3000" +
    "-\u00ad\u2010\u2015\u2212_\u061c\u180e\u200b\u200f\u202a\u202e\u2060\u206f\ufe0e\ufe0f\ufeff" +
    ".,:;/()[]|·",
);

test.each(BETWEEN)("between the digits: %j", (between) => {
  expect(findNumbers(`Jeg er ${Array.from("02013299997").join(between)}, hei`)).toEqual([
    "national_id",
  ]);
});

test.each([0x0660, 0x0966, 0xff10, 0x104a0, 0x1d7ce, 0x1d7d8, 0x1d7f6])(
  "digits of every script are digits: %i",
  (zero) => {
    const spelled = Array.from("02013299997", (d) => String.fromCodePoint(zero + Number(d)));
    expect(findNumbers(spelled.join(""))).toEqual(["national_id"]);
  },
);

test("four separators are some, five are too many", () => {
  expect(findNumbers("020132 -- 99997")).toEqual(["national_id"]);
  expect(findNumbers("020132 --- 99997")).toEqual([]);
});
