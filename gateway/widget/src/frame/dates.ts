/** Days and hours as they are said, on the municipality's clock. */
import { CATALOGUES, fill, type Language } from "../texts/catalogue";
import type { State } from "./state";

/** Few browsers have nynorsk's days and clock: bokmål's are used, and its days put right. */
const LOCALES = { nb: "nb-NO", nn: "nb-NO", en: "en-GB", se: "nb-NO" } as const;
const NYNORSK_DAYS: Readonly<Record<string, string>> = {
  mandag: "måndag",
  tirsdag: "tysdag",
  lørdag: "laurdag",
  søndag: "sundag",
};
/** The municipality's clock, as in the transcript. */
const ZONE = "Europe/Oslo";

/** A format per language, made once: making one costs more than using it a hundred times. */
function formats(options: Intl.DateTimeFormatOptions): (state: State) => Intl.DateTimeFormat {
  const made: Partial<Record<Language, Intl.DateTimeFormat>> = {};
  return ({ language }) =>
    (made[language] ??= new Intl.DateTimeFormat(LOCALES[language], { ...options, timeZone: ZONE }));
}

const clocks = formats({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const days = formats({ weekday: "long", day: "numeric", month: "long" });

export function clockTime(state: State, time: string): string {
  return clocks(state).format(new Date(time));
}

/** The day, to stand above its first event. */
export function dayOf(state: State, time: string): string {
  const parts = days(state)
    .formatToParts(new Date(time))
    .map(({ value }) => value);
  const names = state.language === "nn" ? NYNORSK_DAYS : {};
  return parts.map((part) => names[part] ?? part).join("");
}

/** A clock time within a sentence: `15.30`, and in English `15:30`. */
export function hourOf(state: State, time: string): string {
  const clock = clockTime(state, time);
  return state.language === "en" ? clock : clock.replace(":", ".");
}

/** A day and a clock time within a sentence: `mandag 30. november kl. 08.00`. */
export function momentOf(state: State, time: string): string {
  const words = { day: dayOf(state, time), time: hourOf(state, time) };
  return fill(CATALOGUES[state.language].moment, words);
}
