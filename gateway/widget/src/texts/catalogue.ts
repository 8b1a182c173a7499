/** The words on the screen, in the citizen's language. */
import { nb } from "./nb";
import { se } from "./se";

export type Texts = Record<keyof typeof nb, string>;
export type TextKey = keyof Texts;
export type Language = "nb" | "nn" | "en" | "se";
/** A language that has every text. */
export type WholeLanguage = Exclude<Language, "se">;

/** What stands in for a text that a language lacks, and for a language that is not here yet. */
const FALLBACK: WholeLanguage = "nb";

const catalogues: Record<Language, Texts> = { nb, nn: nb, en: nb, se: { ...nb, ...se } };
export const CATALOGUES: Readonly<Record<Language, Texts>> = catalogues;

/** Fetch a language that does not come with the frame. Rejects when it cannot be had. */
export async function load(language: Language): Promise<void> {
  if (language === "nn") catalogues.nn = (await import("./nn")).nn;
  if (language === "en") catalogues.en = (await import("./en")).en;
}

export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = {
  nb: "Bokmål",
  nn: "Nynorsk",
  en: "English",
  se: "Davvisámegiella",
};

/** The language to use for a tag such as `nn-NO`; Norwegian of no kind, and all else, is nb. */
export function pickLanguage(tag: string | null | undefined): Language {
  const primary = (tag ?? "").toLowerCase().split(/[-_]/)[0] ?? "";
  return Object.hasOwn(LANGUAGE_NAMES, primary) ? (primary as Language) : FALLBACK;
}

/** The language that most of the screen is in: one without all its texts is shown in another. */
export function shownLanguage(language: Language): WholeLanguage {
  return language === "se" ? FALLBACK : language;
}

/** A text with `{name}` and its like filled in. */
export function fill(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** A text the municipality wrote, in the language asked for or else in bokmål. */
export function localized(text: Readonly<Record<string, string>>, language: Language): string {
  return text[language] ?? text[FALLBACK] ?? Object.values(text)[0] ?? "";
}

/** What such a text is in, where that is not what the screen is in: it is read aloud by it. */
export function localizedIn(
  text: Readonly<Record<string, string>>,
  language: Language,
): string | undefined {
  const found = [language, FALLBACK, ...Object.keys(text)].find((each) => each in text);
  return found === shownLanguage(language) ? undefined : found;
}
