/** Times of day and days as the municipality has them, wherever the browser is. */

/** The archive's zone: a time on screen is the time in the transcript. */
const ZONE = "Europe/Oslo";

/** The day has 24 hours here in every language. */
function locale(language: string): string {
  return language === "en" ? "en-GB" : language;
}

/** Hours and minutes. */
export function clockTime(time: string | number, language: string): string {
  const shape = { timeZone: ZONE, hour: "2-digit", minute: "2-digit" } as const;
  return new Date(time).toLocaleTimeString(locale(language), shape);
}

/** The whole date in words. */
export function longDate(time: string | number, language: string): string {
  return new Date(time).toLocaleDateString(locale(language), { timeZone: ZONE, dateStyle: "full" });
}

/** A deadline in few words: the time alone today, else with its day. */
export function deadline(time: string, now: number, language: string): string {
  if (isSameDay(time, now)) return clockTime(time, language);
  const shape = {
    timeZone: ZONE,
    weekday: "short",
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
  } as const;
  return new Date(time).toLocaleString(locale(language), shape);
}

/** Whether two moments are on one day. */
export function isSameDay(a: string | number, b: string | number): boolean {
  return longDate(a, "en") === longDate(b, "en");
}
