/** What an agent has chosen on this machine: language, looks, sound, the `?` key. */
import { isLanguage, type Language } from "./texts";

export const THEMES = ["auto", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

export interface Preferences {
  readonly language: Language;
  readonly theme: Theme;
  /** A sound on offers. Off until it is chosen: nobody likes a page that makes noise. */
  readonly sound: boolean;
  /** Whether `?` alone shows the keys. */
  readonly questionMark: boolean;
}

const KEY = "prek:preferences";

/** Read what was chosen; whatever cannot be read is as if never chosen. */
export function readPreferences(stored: string | null, spoken: readonly string[]): Preferences {
  const kept = parsed(stored);
  return {
    language: isLanguage(kept.language) ? kept.language : firstSpoken(spoken),
    theme: THEMES.find((theme) => theme === kept.theme) ?? "auto",
    sound: kept.sound === true,
    questionMark: kept.questionMark !== false,
  };
}

function parsed(stored: string | null): Partial<Preferences> {
  try {
    const value: unknown = JSON.parse(stored ?? "{}");
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}

/** The first of the browser's languages that we have; `no` is what some call bokmål. */
function firstSpoken(spoken: readonly string[]): Language {
  const codes = spoken.map((tag) => tag.slice(0, 2).toLowerCase());
  return codes.map((code) => (code === "no" ? "nb" : code)).find(isLanguage) ?? "nb";
}

export function loadPreferences(): Preferences {
  return readPreferences(localStorage.getItem(KEY), navigator.languages);
}

/** Keep them, and let the page follow. */
export function applyPreferences(preferences: Preferences): void {
  localStorage.setItem(KEY, JSON.stringify(preferences));
  const { dataset } = document.documentElement;
  document.documentElement.lang = preferences.language;
  dataset.colorScheme = preferences.theme;
}
