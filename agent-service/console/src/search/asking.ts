/** Searching conversations. The question is in the body: what is looked for stands in no address. */
import type { Classified, Summary } from "@prek/wire";
import { request } from "../questions";

export const STATES = ["waiting", "offered", "active", "written", "closed"] as const;
export const OUTCOMES = ["answered", "guided", "handed_on", "unanswered", "no_enquiry"] as const;
export const CLASSES = ["none", "archive", "journal", "unclassified"] as const;
export const ORDERS = ["newest", "best"] as const;

/** What is looked for; empty: anything. Days are Norway's, both included. */
export interface Question {
  readonly q: string;
  readonly from: string;
  readonly to: string;
  readonly department: string;
  readonly topic: string;
  readonly agent: string;
  readonly state: string;
  readonly outcome: string;
  readonly archive: string;
  readonly order: (typeof ORDERS)[number];
}

export const NOTHING_ASKED: Question = {
  q: "",
  from: "",
  to: "",
  department: "",
  topic: "",
  agent: "",
  state: "",
  outcome: "",
  archive: "",
  order: "newest",
};

export interface Part {
  readonly text: string;
  readonly hit: boolean;
}

/** Some words of an event, with what was looked for marked. */
export interface Excerpt {
  readonly stream: string;
  readonly seq: number;
  readonly parts: readonly Part[];
}

export interface Result {
  readonly conversation: string;
  readonly opened_at: string;
  readonly closed_at: string | null;
  readonly state: Summary["state"];
  readonly topic: string | null;
  readonly department: string;
  readonly agents: readonly string[];
  readonly outcome: Classified["outcome"];
  readonly archive: Classified["archive"];
  readonly excerpts: readonly Excerpt[];
}

export interface Results {
  readonly results: readonly Result[];
  /** Where the next page begins; null: there is none. */
  readonly next: string | null;
  /** Words that say nothing to look for. */
  readonly ignored: readonly string[];
}

const ANSWER_WITHIN_MS = 20_000;

/** What is sent: only what is asked for. */
export function bodyOf(question: Question, after?: string): Record<string, string> {
  const asked = Object.entries(question).map(([name, value]) => [name, value.trim()] as const);
  const given = Object.fromEntries(asked.filter(([, value]) => value !== ""));
  return after === undefined ? given : { ...given, after };
}

/** What is wrong with a question; null: it can be asked. */
export function fault({ from, to }: Question): "from" | null {
  return from !== "" && to !== "" && from > to ? "from" : null;
}

/** A page of results, or the code of what is wrong. */
export async function search(
  question: Question,
  after?: string,
): Promise<Results | { readonly code: string }> {
  const answer = await request("POST", "/api/search", bodyOf(question, after), ANSWER_WITHIN_MS);
  const body = (await answer?.json().catch(() => null)) as Results | { code?: unknown } | null;
  if (answer?.ok === true && body !== null) return body as Results;
  const code = (body as { code?: unknown } | null)?.code;
  return { code: typeof code === "string" ? code : "failed" };
}
