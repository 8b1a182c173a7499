/** The counted history: its shape, its parts, and what follows from them. */
import { share } from "./board-model";
import type { Cell } from "./csv";

/** Counts of enquiries, and seconds; null where there was nothing to measure. */
export interface Figures {
  readonly opened: number;
  readonly answered: number;
  readonly within_target: number;
  readonly left: number;
  readonly written: number;
  readonly handed_over: number;
  readonly wait_median_s: number | null;
  readonly wait_p90_s: number | null;
  readonly handle_median_s: number | null;
  readonly rated_yes: number;
  readonly rated_partly: number;
  readonly rated_no: number;
}

/** The answer of `GET /api/statistics`. */
export interface Statistics {
  readonly from: string;
  readonly to: string;
  readonly totals: Figures;
  readonly by_hour: readonly (Figures & { readonly hour: number })[];
  readonly by_day: readonly (Figures & { readonly day: string })[];
  readonly by_weekday: readonly (Figures & { readonly weekday: number })[];
  readonly by_topic: readonly (Figures & { readonly topic: string | null })[];
  readonly by_department: readonly (Figures & { readonly department: string })[];
}

export const GROUPS = ["hour", "day", "weekday", "topic", "department"] as const;
export type Group = (typeof GROUPS)[number];

/** One bar and one row of a table: what it is of, in words, and its figures. */
export interface Row {
  readonly name: string;
  readonly figures: Figures;
}

/** The figures in the order they stand in tables and files. */
export const COLUMNS = [
  "opened",
  "answered",
  "within_target",
  "left",
  "written",
  "handed_over",
  "wait_median_s",
  "wait_p90_s",
  "handle_median_s",
  "rated_yes",
  "rated_partly",
  "rated_no",
] as const satisfies readonly (keyof Figures)[];

export const PARTS = ["answered", "left", "rest"] as const;
export type Part = (typeof PARTS)[number];

/**
 * What the enquiries that were opened came to; the parts are together all of them.
 *
 * `rest`: answered in writing, or not yet. One that was begun live and finished in writing is
 * `answered`, though it is among the written as well.
 */
export function parts({ opened, answered, left }: Figures): Readonly<Record<Part, number>> {
  return { answered, left, rest: Math.max(0, opened - answered - left) };
}

/** The share of those answered live who had not waited longer than the target. */
export function withinShare({ within_target, answered }: Figures): number | null {
  return share(within_target, answered);
}

/** The share of the citizens who rated it that got an answer, whole or in part. */
export function gotAnswer({ rated_yes, rated_partly, rated_no }: Figures): number | null {
  return share(rated_yes + rated_partly, rated_yes + rated_partly + rated_no);
}

/** A number of seconds in parts, as words say it. */
export function spans(seconds: number): { hours: number; minutes: number; seconds: number } {
  const whole = Math.max(0, Math.round(seconds));
  return {
    hours: Math.floor(whole / 3_600),
    minutes: Math.floor(whole / 60) % 60,
    seconds: whole % 60,
  };
}

/** To tenths: of seconds, for the counts are whole. */
function rounded(value: number | null): number | null {
  return value === null ? null : Math.round(value * 10) / 10;
}

/** A long table for a spreadsheet: a line a bar of every chart, and one of all together. */
export function sheet(
  statistics: Statistics,
  heading: readonly string[],
  groups: readonly { readonly name: string; readonly rows: readonly Row[] }[],
  all: string,
): readonly (readonly Cell[])[] {
  const line = (group: string, { name, figures }: Row): readonly Cell[] => [
    statistics.from,
    statistics.to,
    group,
    name,
    ...COLUMNS.map((column) => rounded(figures[column])),
  ];
  return [
    heading,
    line(all, { name: all, figures: statistics.totals }),
    ...groups.flatMap(({ name, rows }) => rows.map((row) => line(name, row))),
  ];
}
