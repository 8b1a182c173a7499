/** What is wrong with opening hours. */
import type { OpeningHours, Span } from "@prek/wire";
import type { Tell } from "./checking";

export const WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
export const HALF_DAYS = [
  "easter_wednesday",
  "christmas_eve",
  "christmas_week",
  "new_years_eve",
] as const;

const CLOCK = /^(([01]\d|2[0-3]):[0-5]\d|24:00)$/;

export function hoursProblems(hours: OpeningHours | null, entry: string, tell: Tell): void {
  if (hours === null) return;
  for (const [day, spans] of Object.entries(hours.week))
    spanProblems(spans, entry, `week-${day}`, tell);
  for (const [day, spans] of Object.entries(hours.half_days)) {
    spanProblems(spans, entry, `half-${day}`, tell);
  }
  hours.dated.forEach(({ date, spans }, at) => {
    const field = `dated-${at}`;
    if (!isDate(date)) tell(entry, `${field}-date`, "su_wrong_date");
    else if (hours.dated.findIndex((one) => one.date === date) < at) {
      tell(entry, `${field}-date`, "su_wrong_date_twice");
    } else spanProblems(spans, entry, field, tell);
  });
}

function spanProblems(spans: readonly Span[], entry: string, field: string, tell: Tell): void {
  const wrong = spans.some(({ opens, closes }) => !CLOCK.test(opens) || !CLOCK.test(closes));
  if (wrong) return tell(entry, field, "su_wrong_clock");
  if (spans.some(({ opens, closes }) => opens >= closes))
    return tell(entry, field, "su_wrong_span");
  const sorted = [...spans].sort((a, b) => a.opens.localeCompare(b.opens));
  const overlap = sorted.some(({ opens }, at) => opens < (sorted[at - 1]?.closes ?? ""));
  if (overlap) tell(entry, field, "su_wrong_overlap");
}

export function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  return Number.isFinite(time) && new Date(time).toISOString().startsWith(text);
}
