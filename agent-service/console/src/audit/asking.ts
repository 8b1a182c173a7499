/** Searching the audit. The search itself stands in it. */

/** What may have been done, as the ledger writes it. */
export const ACTIONS = [
  "read",
  "exported",
  "audit_searched",
  "searched",
  "search_shown",
  "glass_broken",
  "blocked",
  "erased",
  "presence_set",
  "file_fetched",
  "channels_entered",
  "retention_previewed",
  "retention_approved",
  "retention_done",
  "hold_set",
  "hold_lifted",
  "access_previewed",
  "access_given",
  "archive_listed",
  "archive_opened",
  "archive_retried",
  "archive_confirmed",
  "archive_downloaded",
  "archive_sent",
  "archive_received",
  "masked",
  "removed",
] as const;

export interface Question {
  readonly who: string;
  readonly action: string;
  readonly conversation: string;
  /** Days in Norway, both included; empty: any. */
  readonly from: string;
  readonly to: string;
}

export const NOTHING_ASKED: Question = { who: "", action: "", conversation: "", from: "", to: "" };

export interface Entry {
  readonly id: string;
  readonly at: string;
  readonly who: string;
  readonly action: string;
  readonly conversation: string | null;
  readonly about: Readonly<Record<string, string | number | boolean | null>>;
}

export interface Entries {
  readonly entries: readonly Entry[];
  readonly more: boolean;
}

const PAGE = 50;
const ANSWER_WITHIN_MS = 20_000;

/** The address of a search; `before`: only what is older than this entry. */
export function addressOf(question: Question, before?: string): string {
  const asked = new URLSearchParams({ limit: String(PAGE) });
  for (const [name, value] of Object.entries(question)) {
    if (value.trim() !== "") asked.set(name, value.trim());
  }
  if (before !== undefined) asked.set("before", before);
  return `/api/audit?${asked.toString()}`;
}

/** The entries, newest first, or the code of what is wrong. */
export async function search(
  question: Question,
  before?: string,
): Promise<Entries | { readonly code: string }> {
  try {
    const answer = await fetch(addressOf(question, before), {
      headers: { "X-Prek": "1" },
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    const body: unknown = await answer.json();
    if (answer.ok) return body as Entries;
    const { code } = body as { code?: unknown };
    return { code: typeof code === "string" ? code : "failed" };
  } catch {
    return { code: "failed" };
  }
}
