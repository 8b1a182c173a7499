/// <reference types="node" />
/** The catalogues: complete, alike, used, and without what plain language avoids. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { REFUSALS } from "@prek/wire";
import { expect, test } from "vitest";
import { readPreferences } from "../src/preferences";
import { CATALOGUES, fill, isKey, type Key, localized, refusalKey } from "../src/texts";

const { nb, ...others } = CATALOGUES;
const keys = Object.keys(nb) as Key[];
const holes = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();

test.each(Object.entries(others))("%s has the keys and the holes of nb", (_, texts) => {
  expect(Object.keys(texts).sort()).toEqual([...keys].sort());
  for (const key of keys) {
    expect([key, holes(texts[key])]).toEqual([key, holes(nb[key])]);
    expect(texts[key].trim(), key).not.toBe("");
  }
});

test("nynorsk is written in nynorsk", () => {
  const bokmål = /(?<!\p{L})(ikke|jeg|fra|noen|hva|hvem|hvis|ble|henvendelse|mer|nå|ulest)(?!\p{L})/iu;
  const strays = keys.filter((key) => bokmål.test(CATALOGUES.nn[key]));

  expect(strays).toEqual([]);
});

test("every refusal has words of its own", () => {
  for (const code of REFUSALS) expect(isKey(`refused_${code}`), code).toBe(true);
  expect(refusalKey("from_the_future")).toBe("refused_action");
});

test("every text is used", () => {
  const folder = join(import.meta.dirname, "../src");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const source = files
    .filter((file) => /\.tsx?$/.test(file) && !/^texts.(n|en)/.test(file))
    .map((file) => readFileSync(join(folder, file), "utf8"))
    .join("\n");
  // Keys put together of a stem and what the desk sends: `refused_${code}`.
  const stems = [...source.matchAll(/`(\w+_)\$\{/g)].map(([, stem = ""]) => stem);
  const unused = keys.filter(
    (key) => !source.includes(`"${key}"`) && !stems.some((stem) => key.startsWith(stem)),
  );

  expect(unused).toEqual([]);
});

test("holes are filled once, and one without a value is empty", () => {
  expect(fill("{a}, {b}", { a: "{b}" })).toBe("{b}, ");
  expect([localized({ nb: "Vann" }, "en"), localized({ nb: "Vann", en: "Water" }, "en")]).toEqual([
    "Vann",
    "Water",
  ]);
});

test.each([
  [["nb-NO"], "nb"],
  [["no"], "nb"],
  [["nn-NO", "nb"], "nn"],
  [["pl", "en-GB"], "en"],
  [["pl"], "nb"],
  [[], "nb"],
] as const)("a browser that speaks %j gets %s", (spoken, language) => {
  expect(readPreferences(null, spoken).language).toBe(language);
});

test("preferences are read back, and nonsense is as if never chosen", () => {
  const chosen = { language: "nn", theme: "dark", sound: true, questionMark: false };
  const usual = { language: "nb", theme: "auto", sound: false, questionMark: true };

  expect(readPreferences(JSON.stringify(chosen), ["en"])).toEqual(chosen);
  for (const nonsense of ["{", "null", "7", '{"language":"xx","theme":"neon","sound":"yes"}']) {
    expect(readPreferences(nonsense, ["nb"])).toEqual(usual);
  }
});
