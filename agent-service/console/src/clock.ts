/** Times of day and days as the municipality has them, wherever the browser is. */

/** The archive's zone: a time on screen is the time in the transcript. */
const ZONE = "Europe/Oslo";

/** The day has 24 hours here in every language. */
function locale(language: string): string {
  return language === "en" ? "en-GB" : language;
}

const SHAPES = {
  clock: { hour: "2-digit", minute: "2-digit" },
  day: { dateStyle: "full" },
  deadline: {
    weekday: "short",
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
  },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;

/** One a language and shape: making one takes a hundred times as long as using it. */
const formats = new Map<string, Intl.DateTimeFormat>();

function inWords(time: string | number, language: string, shape: keyof typeof SHAPES): string {
  const key = `${language} ${shape}`;
  let format = formats.get(key);
  if (format === undefined) {
    format = new Intl.DateTimeFormat(locale(language), { timeZone: ZONE, ...SHAPES[shape] });
    formats.set(key, format);
  }
  return format.format(new Date(time));
}

/** Hours and minutes. */
export function clockTime(time: string | number, language: string): string {
  return inWords(time, language, "clock");
}

/** The whole date in words. */
export function longDate(time: string | number, language: string): string {
  return inWords(time, language, "day");
}

/** A deadline in few words: the time alone today, else with its day. */
export function deadline(time: string, now: number, language: string): string {
  if (isSameDay(time, now)) return clockTime(time, language);
  return inWords(time, language, "deadline");
}

/** Whether two moments are on one day. */
export function isSameDay(a: string | number, b: string | number): boolean {
  return longDate(a, "en") === longDate(b, "en");
}
