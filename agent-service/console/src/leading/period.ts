/** The days that the history is of: `YYYY-MM-DD`, as the calendar has them in Norway. */

export interface Period {
  readonly from: string;
  readonly to: string;
}

export const CHOICES = ["week", "month", "year", "own"] as const;
export type Choice = (typeof CHOICES)[number];

/** As many as the desk counts at a time. */
export const MOST_DAYS = 400;
const DAY_MS = 86_400_000;
const ZONE = "Europe/Oslo";

/** The day it is in Norway. */
export function today(now: number): string {
  // Swedish writes the day as ISO 8601 does.
  return new Date(now).toLocaleDateString("sv-SE", { timeZone: ZONE });
}

/** The day so many days later; earlier when negative. */
export function plusDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** The last so many days, today among them; or the year so far. `own` is chosen by hand. */
export function chosen(choice: Exclude<Choice, "own">, now: number): Period {
  const to = today(now);
  switch (choice) {
    case "week":
      return { from: plusDays(to, -6), to };
    case "month":
      return { from: plusDays(to, -29), to };
    case "year":
      return { from: `${to.slice(0, 4)}-01-01`, to };
  }
}

/** What is wrong with a period; null: it can be asked for. */
export function fault({ from, to }: Period): "missing" | "backwards" | "long" | null {
  const [first, last] = [day(from), day(to)];
  if (first === null || last === null) return "missing";
  if (first > last) return "backwards";
  return (last - first) / DAY_MS >= MOST_DAYS ? "long" : null;
}

/** Midnight UTC of a day that there is, in ms. */
function day(text: string): number | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return null;
  const at = Date.parse(`${text}T00:00:00Z`);
  // 30 February is 1 or 2 March to some browsers.
  return Number.isNaN(at) || plusDays(text, 0) !== text ? null : at;
}
