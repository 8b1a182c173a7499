/** The numbers of some months: what the desk answers, and what it is told of other channels. */
import type { Figures } from "../leading/figures";
import { request } from "../questions";

/** Counts of enquiries, and seconds; null where there was nothing to measure. */
export interface Counted extends Figures {
  readonly written_answered: number;
  readonly written_in_time: number;
  readonly ended: number;
  readonly first_line: number;
  readonly follows: number;
  readonly open: number;
  readonly open_met: number;
  readonly first_answer_median_s: number | null;
  readonly first_answer_p90_s: number | null;
  readonly handle_p90_s: number | null;
}

export const CHANNELS = ["phone", "email", "desk", "site"] as const;
export type Channel = (typeof CHANNELS)[number];

/** How many came by each other way in a month; null: nobody has said. */
export type ChannelMonth = Readonly<Record<Channel, number | null>> & { readonly month: string };

/** The answer of `GET /api/numbers`. Months are `YYYY-MM`. */
export interface Numbers {
  readonly from: string;
  readonly to: string;
  /** When the keeper last had nothing left to count; null: never yet. */
  readonly counted_at: string | null;
  readonly target_s: number;
  readonly totals: Counted;
  readonly by_month: readonly (Counted & { readonly month: string })[];
  readonly by_department: readonly (Counted & { readonly department: string })[];
  readonly by_hour: readonly { readonly hour: number; readonly opened: number }[];
  readonly by_topic: readonly { readonly topic: string | null; readonly opened: number }[];
  readonly by_language: readonly { readonly language: string; readonly opened: number }[];
  readonly handed_to: readonly { readonly department: string; readonly handed: number }[];
  readonly channels: readonly ChannelMonth[];
  readonly sources: readonly string[];
  readonly may_enter: boolean;
}

export interface Cell {
  readonly month: string;
  readonly channel: Channel;
  /** Null takes back what was said. */
  readonly n: number | null;
}

/** What is said of other channels: a table as text, or numbers one by one. */
export type Told = { readonly source: string } & (
  { readonly csv: string } | { readonly entries: readonly Cell[] }
);

export interface Fault {
  readonly line: number;
  readonly column: string;
  readonly code: string;
}

export interface Entered {
  readonly entries: readonly (Cell & { readonly was: number | null })[];
  readonly errors: readonly Fault[];
  readonly saved: boolean;
}

/** Look at what is said, or keep it; resolves in every case. */
export async function enter(told: Told, trial: boolean): Promise<Entered | { code: string }> {
  const answer = await request("POST", `/api/numbers/channels?trial=${trial}`, told);
  const body = (await answer?.json().catch(() => null)) as Entered | { code?: unknown } | null;
  if (answer?.ok === true && body !== null) return body as Entered;
  const code = (body as { code?: unknown } | null)?.code;
  return { code: typeof code === "string" ? code : "unreachable" };
}
