/**
 * Actions that must arrive: each has an id its sender made, and is sent again until its event,
 * `done` or a final refusal comes back. One un-acknowledged action at a time per lane (a
 * conversation), so that order is kept. Pure: time (ms) and jitter (0–1) are arguments.
 */
import { RETRYABLE } from "./contracts";

export const FIRST_RETRY_MS = 2_000;
export const LONGEST_RETRY_MS = 30_000;

export interface Action {
  readonly id: string;
}

export interface Entry<A extends Action> {
  readonly action: A;
  /** Actions of one lane leave one after another: usually the conversation's id. */
  readonly lane: string;
  /** `accepted`: one tick, the broker has it; still sent again until it is resolved. */
  readonly state: "queued" | "sent" | "accepted";
  /** How often it was sent. */
  readonly attempt: number;
  /** When it is to be sent (again), in ms. */
  readonly dueAt: number;
}

export interface Outbox<A extends Action> {
  readonly entries: readonly Entry<A>[];
}

export function emptyOutbox<A extends Action>(): Outbox<A> {
  return { entries: [] };
}

/** Put an action last in its lane. The same id twice is one action. */
export function enqueue<A extends Action>(outbox: Outbox<A>, lane: string, action: A): Outbox<A> {
  if (find(outbox, action.id) !== null) return outbox;
  const entry: Entry<A> = { action, lane, state: "queued", attempt: 0, dueAt: 0 };
  return { entries: [...outbox.entries, entry] };
}

export function find<A extends Action>(outbox: Outbox<A>, id: string): Entry<A> | null {
  return outbox.entries.find((entry) => entry.action.id === id) ?? null;
}

export interface Dispatch<A extends Action> {
  readonly outbox: Outbox<A>;
  /** Send these now, in this order. */
  readonly send: readonly A[];
  /** When to look again, in ms; null: nothing waits. */
  readonly nextAt: number | null;
}

/** What is due now: at most the head of each lane. */
export function dispatch<A extends Action>(
  outbox: Outbox<A>,
  now: number,
  jitter: number,
): Dispatch<A> {
  const lanes = new Set<string>();
  const send: A[] = [];
  let nextAt = Infinity;
  const entries = outbox.entries.map((entry) => {
    if (lanes.has(entry.lane)) return entry;
    lanes.add(entry.lane);
    const due = entry.dueAt <= now;
    const next = due ? sentNow(entry, now, jitter) : entry;
    if (due) send.push(entry.action);
    nextAt = Math.min(nextAt, next.dueAt);
    return next;
  });
  return { outbox: { entries }, send, nextAt: nextAt === Infinity ? null : nextAt };
}

function sentNow<A extends Action>(entry: Entry<A>, now: number, jitter: number): Entry<A> {
  return {
    ...entry,
    state: entry.state === "queued" ? "sent" : entry.state,
    attempt: entry.attempt + 1,
    dueAt: now + retryDelay(entry.attempt, jitter),
  };
}

/** Wait before the next sending, in ms: 2 s doubling to 30 s, give or take a fifth. */
export function retryDelay(attempt: number, jitter: number): number {
  const base = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(attempt, 10));
  return base * (0.8 + 0.4 * jitter);
}

/** One tick. */
export function markAccepted<A extends Action>(outbox: Outbox<A>, id: string): Outbox<A> {
  return change(outbox, id, (entry) => ({ ...entry, state: "accepted" }));
}

/** Its own event or `done` came back: it is out. */
export function resolve<A extends Action>(outbox: Outbox<A>, id: string): Outbox<A> {
  if (find(outbox, id) === null) return outbox;
  return { entries: outbox.entries.filter((entry) => entry.action.id !== id) };
}

export interface Refused<A extends Action> {
  readonly outbox: Outbox<A>;
  /** The action that will not happen, to be given back to its writer; null: tried again later. */
  readonly dropped: Entry<A> | null;
}

/** A refusal: `busy` and `rate_limited` only postpone, every other code is final. */
export function refuse<A extends Action>(
  outbox: Outbox<A>,
  id: string,
  refusal: { readonly code: string; readonly retryAfterS: number | null },
  now: number,
  jitter: number,
): Refused<A> {
  if (!isRetryable(refusal.code)) {
    return { outbox: resolve(outbox, id), dropped: find(outbox, id) };
  }
  const postponed = change(outbox, id, (entry) => ({
    ...entry,
    state: "queued",
    dueAt: now + retryAfter(entry, refusal.retryAfterS, jitter),
  }));
  return { outbox: postponed, dropped: null };
}

function retryAfter(entry: Entry<Action>, seconds: number | null, jitter: number): number {
  if (seconds === null) return retryDelay(Math.max(0, entry.attempt - 1), jitter);
  return seconds * 1_000 * (1 + 0.2 * jitter);
}

export function isRetryable(code: string): boolean {
  return (RETRYABLE as readonly string[]).includes(code);
}

/** After a new welcome: what was under way goes again at once; what was postponed still waits. */
export function reconnected<A extends Action>(outbox: Outbox<A>): Outbox<A> {
  return {
    entries: outbox.entries.map((entry) =>
      entry.state === "queued" ? entry : { ...entry, attempt: 0, dueAt: 0 },
    ),
  };
}

/** Drop what is left of a lane (its conversation could not be opened, or is gone). */
export function dropLane<A extends Action>(outbox: Outbox<A>, lane: string): Outbox<A> {
  return { entries: outbox.entries.filter((entry) => entry.lane !== lane) };
}

function change<A extends Action>(
  outbox: Outbox<A>,
  id: string,
  to: (entry: Entry<A>) => Entry<A>,
): Outbox<A> {
  return {
    entries: outbox.entries.map((entry) => (entry.action.id === id ? to(entry) : entry)),
  };
}

interface Stored<A extends Action> {
  readonly lane: string;
  readonly action: A;
}

/** For the browser's store: only what cannot be made again. */
export function serialize<A extends Action>(outbox: Outbox<A>): string {
  const stored: Stored<A>[] = outbox.entries.map(({ lane, action }) => ({ lane, action }));
  return JSON.stringify(stored);
}

/** Read back after a reload; what cannot be read is an empty outbox. */
export function restore<A extends Action>(text: string | null): Outbox<A> {
  if (text === null) return emptyOutbox();
  try {
    const stored: unknown = JSON.parse(text);
    if (!Array.isArray(stored)) return emptyOutbox();
    return stored
      .filter(isStored<A>)
      .reduce((outbox, item) => enqueue(outbox, item.lane, item.action), emptyOutbox<A>());
  } catch {
    return emptyOutbox();
  }
}

function isStored<A extends Action>(item: unknown): item is Stored<A> {
  if (typeof item !== "object" || item === null) return false;
  const { lane, action } = item as Partial<Stored<A>>;
  return typeof lane === "string" && typeof action === "object" && typeof action.id === "string";
}
