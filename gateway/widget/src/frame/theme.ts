/**
 * The municipality's colour as the tokens of the design system, for a light and a dark screen.
 * Whatever the colour, what is written on it and in it has at least 4.5 to 1. Pure.
 */

type Rgb = readonly [number, number, number];
export type Scheme = "light" | "dark";

/** Least contrast of a text, and of an edge that shows what something is (WCAG 2.2). */
const TEXT = 4.5;
const EDGE = 3;
/** A little more than the rule, for what is lost when a colour is written with whole numbers. */
const MARGIN = 0.1;
const BLACK: Rgb = [0, 0, 0];
const WHITE: Rgb = [255, 255, 255];
/** What the window is drawn on, as the design system has it. */
const GROUND: Readonly<Record<Scheme, Rgb>> = { light: WHITE, dark: [0x17, 0x18, 0x1a] };
/** The lightest neutral surface on a dark screen, and the darkest on a light one. */
const SURFACE: Readonly<Record<Scheme, Rgb>> = {
  light: [0xe8, 0xe8, 0xe9],
  dark: [0x2c, 0x2e, 0x31],
};
const STEPS = 200;

const TOKEN = "--ds-color-accent-";

function luminance(colour: Rgb): number {
  const [r, g, b] = colour.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** How well one is read on the other, from 1 to 21. */
export function contrast(one: Rgb, other: Rgb): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [
    number,
    number,
  ];
  return (light + 0.05) / (dark + 0.05);
}

function mix(colour: Rgb, other: Rgb, share: number): Rgb {
  return colour.map((part, n) => Math.round(part + ((other[n] ?? 0) - part) * share)) as never;
}

/** The colour itself where it is read on all of these, else the nearest towards `end` that is. */
function readable(colour: Rgb, grounds: readonly Rgb[], end: Rgb, least: number): Rgb {
  for (let step = 0; step < STEPS; step += 1) {
    const tried = mix(colour, end, step / STEPS);
    if (grounds.every((ground) => contrast(tried, ground) >= least + MARGIN)) return tried;
  }
  return end;
}

export function parse(colour: string): Rgb {
  return [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16)) as never;
}

function hex(colour: Rgb): string {
  return "#" + colour.map((part) => part.toString(16).padStart(2, "0")).join("");
}

/** Tokens and their values, for `#rrggbb`. */
export function themeOf(colour: string, scheme: Scheme): Readonly<Record<string, string>> {
  const own = parse(colour);
  const ground = GROUND[scheme];
  const end = scheme === "light" ? BLACK : WHITE;
  const ink = scheme === "light" ? WHITE : BLACK;
  // It is seen on the window, and its text is read on it.
  const base = readable(own, [ink, ground], end, TEXT);
  const surface = (share: number) => mix(ground, base, share);
  const surfaces = [surface(0.12), surface(0.18), surface(0.24)] as const;
  const grounds = [ground, SURFACE[scheme], ...surfaces];
  const subtle = readable(base, grounds, end, TEXT);
  const values: Readonly<Record<string, Rgb>> = {
    "background-default": ground,
    "surface-tinted": surfaces[0],
    "surface-hover": surfaces[1],
    "surface-active": surfaces[2],
    "border-default": readable(base, grounds, end, EDGE),
    "border-strong": subtle,
    "text-subtle": subtle,
    "text-default": mix(subtle, end, 0.4),
    "base-default": base,
    "base-hover": mix(base, end, 0.15),
    "base-active": mix(base, end, 0.3),
    "base-contrast-default": ink,
  };
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [TOKEN + name, hex(value)]),
  );
}

/**
 * Wear it. A rule of our own sheet is not what `style-src` forbids, and forced colours win over
 * it as over any other.
 */
export function wear(colour: string | null, sheet: CSSStyleSheet): void {
  const rules = (scheme: Scheme) => {
    if (colour === null) return "";
    const tokens = Object.entries(themeOf(colour, scheme)).map(
      ([name, value]) => `${name}:${value}`,
    );
    return `@media screen and (prefers-color-scheme:${scheme}){html{${tokens.join(";")}}}`;
  };
  sheet.replaceSync(rules("light") + rules("dark"));
}
