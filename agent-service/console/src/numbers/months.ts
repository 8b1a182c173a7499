/** The months that the numbers are of: `YYYY-MM`, as the calendar has them in Norway. */
import { today } from "../leading/period";

export interface Months {
  readonly from: string;
  readonly to: string;
}

export const CHOICES = ["year", "twelve", "last", "own"] as const;
export type Choice = (typeof CHOICES)[number];

/** As many as the desk counts at a time. */
export const MOST_MONTHS = 240;
/** More months than this are shown year by year. */
export const SHOWN_MONTHS = 24;

/** The month so many later; earlier when negative. */
export function plusMonths(month: string, more: number): string {
  const count = Number(month.slice(0, 4)) * 12 + Number(month.slice(5)) - 1 + more;
  return `${Math.floor(count / 12)}-${String((count % 12) + 1).padStart(2, "0")}`;
}

/** The year so far, the last twelve months, or the year before; `own` is chosen by hand. */
export function chosen(choice: Exclude<Choice, "own">, now: number): Months {
  const to = today(now).slice(0, 7);
  const year = Number(to.slice(0, 4));
  switch (choice) {
    case "year":
      return { from: `${year}-01`, to };
    case "twelve":
      return { from: plusMonths(to, -11), to };
    case "last":
      return { from: `${year - 1}-01`, to: `${year - 1}-12` };
  }
}

/** How many months there are from one to another, both included. */
export function count({ from, to }: Months): number {
  const number = (month: string) => Number(month.slice(0, 4)) * 12 + Number(month.slice(5));
  return number(to) - number(from) + 1;
}

/** What is wrong with what was chosen; null: it can be asked for. */
export function fault(months: Months): "missing" | "backwards" | "long" | null {
  const there = (month: string) => /^20\d\d-(0[1-9]|1[0-2])$/.test(month);
  if (!there(months.from) || !there(months.to)) return "missing";
  if (months.from > months.to) return "backwards";
  return count(months) > MOST_MONTHS ? "long" : null;
}
