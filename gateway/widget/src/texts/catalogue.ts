/** The words on the screen, in the citizen's language. */
import { en } from "./en";
import { nb } from "./nb";
import { nn } from "./nn";

export type Texts = Record<keyof typeof nb, string>;
export type TextKey = keyof Texts;
export type Language = "nb" | "nn" | "en";

export const CATALOGUES: Readonly<Record<Language, Texts>> = { nb, nn, en };
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = {
  nb: "Bokmål",
  nn: "Nynorsk",
  en: "English",
};

/** The language to use for a tag such as `nn-NO`; Norwegian of no kind, and all else, is nb. */
export function pickLanguage(tag: string | null | undefined): Language {
  const primary = (tag ?? "").toLowerCase().split(/[-_]/)[0];
  return primary === "nn" || primary === "en" ? primary : "nb";
}

/** A text with `{name}` and its like filled in. */
export function fill(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** A text the municipality wrote, in the language asked for or else in bokmål. */
export function localized(text: Readonly<Record<string, string>>, language: Language): string {
  return text[language] ?? text["nb"] ?? Object.values(text)[0] ?? "";
}
