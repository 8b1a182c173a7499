/** What follows from the numbers: shares, years, the shift from one channel to another, the file. */
import { share } from "../leading/board-model";
import type { Cell } from "../leading/csv";
import { type Channel, CHANNELS, type Counted, type Numbers } from "./asking";
import { count, SHOWN_MONTHS } from "./months";

/** The share of the ended ones that the first line answered by itself. */
export function atFirstLine({ first_line, ended }: Counted): number | null {
  return share(first_line, ended);
}

/** The share of the written answers that came before their deadline. */
export function inTime({ written_in_time, written_answered }: Counted): number | null {
  return share(written_in_time, written_answered);
}

/** The share of the citizens who wrote again soon after an enquiry of theirs. */
export function again({ follows, opened }: Counted): number | null {
  return share(follows, opened);
}

/** Of the citizens who came in opening hours, the share for whom somebody was there. */
export function covered({ open_met, open }: Counted): number | null {
  return share(open_met, open);
}

/** One place on the time axis: a month, or a year where there are many months. */
export interface Span {
  /** `2013-01` or `2013`. */
  readonly key: string;
  readonly chat: number;
  /** Null: nobody has said for any month of it. */
  readonly channels: Readonly<Record<Channel, number | null>>;
  /** Whether every month of the year is in it, and has a number of this channel. */
  readonly whole: Readonly<Record<Channel, boolean>>;
}

/** Whether so many months are shown year by year. */
export function byYear(numbers: Numbers): boolean {
  return count(numbers) > SHOWN_MONTHS;
}

/** The months, or the years, one after another. */
export function spans(numbers: Numbers): readonly Span[] {
  const said = new Map(numbers.channels.map((row) => [row.month, row]));
  const length = byYear(numbers) ? 4 : 7;
  const keys = [...new Set(numbers.by_month.map(({ month }) => month.slice(0, length)))];
  return keys.map((key) => {
    const months = numbers.by_month.filter(({ month }) => month.startsWith(key));
    const of = (channel: Channel) =>
      months.flatMap(({ month }) => said.get(month)?.[channel] ?? []);
    const each = <T>(make: (channel: Channel) => T) =>
      Object.fromEntries(CHANNELS.map((channel) => [channel, make(channel)])) as Record<Channel, T>;
    return {
      key,
      chat: months.reduce((sum, { opened }) => sum + opened, 0),
      channels: each((channel) => {
        const all = of(channel);
        return all.length === 0 ? null : all.reduce((sum, n) => sum + n, 0);
      }),
      whole: each((channel) => of(channel).length === 12),
    };
  });
}

export interface Shift {
  readonly first: string;
  readonly last: string;
  readonly before: number;
  readonly after: number;
  /** From -1 to whatever: what came more, as a share of what there was. */
  readonly change: number;
}

/**
 * How a channel went from the first whole year to the last; null where there are not two, or
 * nothing to begin with. Half a year against a whole one would say something that is not so.
 */
export function shift(all: readonly Span[], channel: Channel): Shift | null {
  const whole = all.filter((span) => span.whole[channel]);
  const [first, last] = [whole[0], whole.at(-1)];
  if (first === undefined || last === undefined || first === last) return null;
  const [before, after] = [first.channels[channel] ?? 0, last.channels[channel] ?? 0];
  if (before === 0) return null;
  return { first: first.key, last: last.key, before, after, change: (after - before) / before };
}

/** Counts by year or month, for charts whose bars are many. */
export function opened(numbers: Numbers): readonly { readonly key: string; readonly n: number }[] {
  return spans(numbers).map(({ key, chat }) => ({ key, n: chat }));
}

/** One line of the file: what of, which, which figure, how many. */
export interface Line {
  readonly group: string;
  readonly name: string;
  readonly figure: string;
  readonly value: number | null;
}

/** The figures of a group that are in the file, in this order. */
export const FIGURES = [
  "opened",
  "answered",
  "within_target",
  "left",
  "written",
  "written_answered",
  "written_in_time",
  "handed_over",
  "ended",
  "first_line",
  "follows",
  "open",
  "open_met",
  "rated_yes",
  "rated_partly",
  "rated_no",
  "wait_median_s",
  "wait_p90_s",
  "first_answer_median_s",
  "first_answer_p90_s",
  "handle_median_s",
  "handle_p90_s",
] as const satisfies readonly (keyof Counted)[];
export type Figure = (typeof FIGURES)[number];

/** A long table for a spreadsheet: a line a number. */
export function sheet(heading: readonly string[], lines: readonly Line[]): readonly (readonly Cell[])[] {
  const rounded = (value: number | null) => (value === null ? null : Math.round(value * 10) / 10);
  return [
    heading,
    ...lines.map(({ group, name, figure, value }) => [group, name, figure, rounded(value)]),
  ];
}

/** What somebody wrote in a field: a number, a dash that takes one back, nothing; or neither. */
export function typed(text: string): number | null | "nothing" | "wrong" {
  const plain = text.replace(/[\s\u00a0\u2009\u202f]/g, "");
  if (plain === "") return "nothing";
  if (plain === "-" || plain === "–") return null;
  return /^\d{1,8}$/.test(plain) ? Number(plain) : "wrong";
}
