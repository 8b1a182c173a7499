import { expect, test } from "vitest";
import { contrast, parse, themeOf, type Scheme } from "../src/frame/theme";

const STEP = 17;
const PARTS = Array.from({ length: 256 / STEP + 1 }, (_, n) => n * STEP);
const hex = (parts: number[]) =>
  "#" + parts.map((part) => part.toString(16).padStart(2, "0")).join("");
const COLOURS = PARTS.flatMap((r) => PARTS.flatMap((g) => PARTS.map((b) => hex([r, g, b]))));
/** The window's own ground and neutral surface, as the design system has them. */
const GROUNDS = { light: ["#ffffff", "#e8e8e9"], dark: ["#17181a", "#2c2e31"] } as const;

const tokens = (colour: string, scheme: Scheme) => {
  const theme = themeOf(colour, scheme);
  return (name: string) => theme[`--ds-color-accent-${name}`] ?? "none";
};
const between = (one: string, other: string) => contrast(parse(one), parse(other));

test.each(["light", "dark"] as const)("on a %s screen every colour can be read", (scheme) => {
  expect(COLOURS).toHaveLength(4096);
  const poor: string[] = [];
  for (const colour of COLOURS) {
    const token = tokens(colour, scheme);
    const need = (least: number, one: string, other: string) => {
      if (between(one, other) < least) poor.push(`${colour}: ${one} on ${other}`);
    };
    const ink = token("base-contrast-default");
    for (const base of ["base-default", "base-hover", "base-active"]) need(4.5, ink, token(base));
    const surfaces = ["surface-tinted", "surface-hover", "surface-active", "background-default"];
    for (const ground of [...GROUNDS[scheme], ...surfaces.map(token)]) {
      for (const text of ["text-subtle", "text-default"]) need(4.5, token(text), ground);
      for (const edge of ["border-default", "border-strong"]) need(3, token(edge), ground);
    }
    need(4.5, token("base-default"), GROUNDS[scheme][0]);
  }

  expect(poor).toEqual([]);
});

test("a colour that white is read on is worn as it is, and a light one is darkened", () => {
  expect(tokens("#00524f", "light")("base-default")).toBe("#00524f");
  expect(tokens("#00524f", "light")("base-contrast-default")).toBe("#ffffff");
  const yellow = tokens("#ffdd00", "light")("base-default");
  expect(between(yellow, "#ffffff")).toBeGreaterThanOrEqual(4.5);
  const [red, green, blue] = parse(yellow);
  expect([red > blue, green > blue]).toEqual([true, true]);
});

test("every token is a colour, whatever comes", () => {
  for (const scheme of ["light", "dark"] as const) {
    for (const value of Object.values(themeOf("#0062ba", scheme))) {
      expect(value).toMatch(/^#[0-9a-f]{6}$/);
    }
  }
});
