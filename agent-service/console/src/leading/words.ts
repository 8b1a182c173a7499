/** Numbers, shares and times as leaders read them. */
import { numbersIn } from "../counts";
import { isKey, type Key, type Params } from "../texts";
import { useShown } from "../views/context";
import { spans } from "./figures";

/** The browser's own words where it knows the language, else bokmål's. */
export function locales(language: string): string[] {
  return language === "en" ? ["en-GB"] : [language, "nb"];
}

/** A time in whole words: "2 minutter og 5 sekunder". Hours leave the seconds out. */
export function inWords(
  seconds: number,
  t: (key: Key, params?: Params) => string,
): string {
  const { hours, minutes, seconds: rest } = spans(seconds);
  const said = (n: number, unit: "hour" | "minute" | "second") =>
    n === 0 ? [] : [t(n === 1 ? `span_one_${unit}` : `span_many_${unit}`, { n })];
  const all = [
    ...said(hours, "hour"),
    ...said(minutes, "minute"),
    ...(hours === 0 ? said(rest, "second") : []),
  ];
  return all.length === 0 ? t("span_many_second", { n: 0 }) : all.join(` ${t("and")} `);
}

export function useWords() {
  const shown = useShown();
  const { t, language } = shown;
  const count = (n: number) => numbersIn(locales(language)).format(n);
  const percent = (part: number | null) =>
    part === null
      ? t("figure_none")
      : numbersIn(locales(language), {
          style: "percent",
          maximumFractionDigits: 0,
        }).format(part);
  const time = (seconds: number | null) =>
    seconds === null ? t("figure_none") : inWords(seconds, t);
  /** A day of the calendar, `YYYY-MM-DD`. */
  const day = (date: string) =>
    new Date(`${date}T00:00:00Z`).toLocaleDateString(locales(language), {
      timeZone: "UTC",
      day: "numeric",
      month: "numeric",
    });
  /** A code of what is wrong, in words; an unknown one gets the general ones. */
  const wrong = (code: string): string => {
    const key = `asked_${code}`;
    return t(isKey(key) ? key : "asked_unreachable");
  };
  /** Chosen reasons have words; a reason that somebody wrote stands as it is. */
  const reason = (code: string): string => {
    const key = `reason_${code}`;
    return isKey(key) ? t(key) : code;
  };
  return { ...shown, count, percent, time, day, wrong, reason };
}
