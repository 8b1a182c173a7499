/** The catalogues, and how a text is chosen and filled in. */
import { en } from "./en";
import { nb } from "./nb";
import { nn } from "./nn";

export type Key = keyof typeof nb;
export type Texts = Readonly<Record<Key, string>>;
export type Language = "nb" | "nn" | "en";
export type Params = Readonly<Record<string, string | number>>;

export const CATALOGUES: Readonly<Record<Language, Texts>> = { nb, nn, en };
/** What each language calls itself. */
export const LANGUAGES: Readonly<Record<Language, string>> = {
  nb: "Bokmål",
  nn: "Nynorsk",
  en: "English",
};

export function isLanguage(value: string | null | undefined): value is Language {
  return value != null && Object.hasOwn(CATALOGUES, value);
}

export function isKey(value: string): value is Key {
  return Object.hasOwn(nb, value);
}

/** Split a text at its `{x}`: even places are words, odd places names of parameters. */
export function pieces(text: string): string[] {
  return text.split(/\{(\w+)\}/);
}

/** Return the text with every `{x}` replaced. */
export function fill(text: string, params: Params = {}): string {
  return pieces(text)
    .map((piece, at) => (at % 2 === 0 ? piece : String(params[piece] ?? "")))
    .join("");
}

/** A short text of the set-up in the chosen language; `nb` is always there. */
export function localized(names: Readonly<Record<string, string>>, language: Language): string {
  return names[language] ?? names.nb ?? "";
}

/** The plain words for a refusal code; an unknown code gets the general ones. */
export function refusalKey(code: string): Key {
  const key = `refused_${code}`;
  return isKey(key) ? key : "refused_action";
}
