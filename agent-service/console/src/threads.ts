/** The words of the conversations: streams applied in order, what is unread, who is writing. */
import {
  type DEvents,
  merge,
  receive,
  startStream,
  type StreamState,
  type StreamStep,
  type Summary,
  watermark,
  type WireEvent,
} from "@prek/wire";
import { EMPTY_THREAD, type StreamLog, type Thread } from "./model";

/** How long a typing hint is believed, in ms: they come at most every 3 s. */
export const TYPING_MS = 5_000;

const EMPTY_LOG: StreamLog = { cursor: startStream(), events: [] };

export interface ThreadStep {
  readonly thread: Thread;
  /** Seq to ask from, or null. */
  readonly syncAfter: number | null;
}

function logOf(thread: Thread, stream: string): StreamLog {
  return thread.streams[stream] ?? EMPTY_LOG;
}

export function lastSeq(thread: Thread | undefined, stream: string): number {
  return thread?.streams[stream]?.cursor.last ?? 0;
}

function advance(
  thread: Thread | undefined,
  stream: string,
  step: (cursor: StreamState<WireEvent>) => StreamStep<WireEvent>,
): ThreadStep {
  const before = thread ?? EMPTY_THREAD;
  const log = logOf(before, stream);
  const { state, applied, syncAfter } = step(log.cursor);
  const events = applied.length === 0 ? log.events : [...log.events, ...applied];
  const streams = { ...before.streams, [stream]: { cursor: state, events } };
  return { thread: { ...before, streams, denied: false }, syncAfter };
}

/** A pushed event. Its author is no longer writing. */
export function addEvent(thread: Thread | undefined, event: WireEvent): ThreadStep {
  const step = advance(thread, event.stream, (cursor) => receive(cursor, event));
  return isCitizens(event) ? { ...step, thread: { ...step.thread, typing: null } } : step;
}

/** The answer to `follow`. */
export function addEvents(thread: Thread | undefined, frame: DEvents): ThreadStep {
  return advance(thread, frame.stream, (cursor) => merge(cursor, frame.events, frame.last_seq));
}

/** What a snapshot says is there; asks for a tail that was lost. */
export function behind(thread: Thread, summary: Summary): { stream: string; after: number }[] {
  return Object.entries(thread.streams).flatMap(([stream, log]) => {
    const { syncAfter } = watermark(log.cursor, summary.last_seq[stream] ?? 0);
    return syncAfter === null ? [] : [{ stream, after: syncAfter }];
  });
}

/** All events of the streams of one kind, in the order they began. */
export function eventsOf(thread: Thread | undefined, kind: "dialogue" | "desk"): readonly WireEvent[] {
  if (thread === undefined) return [];
  const names = Object.keys(thread.streams).filter((name) => name === kind || name.startsWith(`${kind}-`));
  if (names.length === 1) return thread.streams[names[0] ?? ""]?.events ?? [];
  return names.sort(byNumber).flatMap((name) => thread.streams[name]?.events ?? []);
}

function byNumber(a: string, b: string): number {
  return Number(a.split("-")[1] ?? 0) - Number(b.split("-")[1] ?? 0);
}

/** Whether somebody said it: words, or a file. */
export function isSaid({ body }: WireEvent): boolean {
  return body.kind === "message" || body.kind === "attached";
}

function isCitizens(event: WireEvent): boolean {
  return isSaid(event) && event.author.kind === "citizen";
}

/** How much of what the citizen has said has not been on screen; "I am here" is an answer too. */
export function unread(thread: Thread | undefined): number {
  return eventsOf(thread, "dialogue").filter(
    (event) =>
      (isCitizens(event) || event.body.kind === "nudge_answered") &&
      event.seq > (thread?.read[event.stream] ?? 0),
  ).length;
}

/** Everything that is here has been on screen. */
export function markRead(thread: Thread): Thread {
  const read = Object.fromEntries(
    Object.entries(thread.streams).map(([stream, log]) => [stream, log.cursor.last]),
  );
  const same = Object.entries(read).every(([stream, seq]) => thread.read[stream] === seq);
  return same ? thread : { ...thread, read };
}

/** The first of the citizen's words that nobody has answered; null when it is our turn no more. */
export function unansweredSince(thread: Thread | undefined): string | null {
  let since: string | null = null;
  for (const event of eventsOf(thread, "dialogue")) {
    if (!isSaid(event)) continue;
    since = event.author.kind === "citizen" ? (since ?? event.time) : null;
  }
  return since;
}

const OWNERS: ReadonlySet<WireEvent["body"]["kind"]> = new Set([
  "joined",
  "handed_over",
  "taken_over",
  "requeued",
]);

/** Why it is back in line; null: the last that is known of its owners is something else. */
export function requeuedFor(thread: Thread | undefined) {
  const body = eventsOf(thread, "dialogue").findLast(({ body }) => OWNERS.has(body.kind))?.body;
  return body?.kind === "requeued" ? body.reason : null;
}

/** Whether the last word is the desk's: then the citizen may only be reading, or be gone. */
export function awaitsCitizen(thread: Thread | undefined): boolean {
  return lastSaid(thread)?.author.kind === "agent";
}

/** The latest words or file of anyone, for the list. */
export function lastSaid(thread: Thread | undefined): WireEvent | null {
  return eventsOf(thread, "dialogue").findLast(isSaid) ?? null;
}

/** What was said, on one line: a file is its name. */
export function saying(event: WireEvent | null): string {
  if (event?.body.kind === "message") return event.body.text;
  return event?.body.kind === "attached" ? event.body.name : "";
}

const LONGEST_TITLE = 60;

/** The citizen's first words on one line, which say what it is about when no topic does. */
export function firstWords(thread: Thread | undefined): string {
  const messages = eventsOf(thread, "dialogue").filter(({ body }) => body.kind === "message");
  const words = saying(messages.find(isCitizens) ?? null).replace(/\s+/g, " ");
  return words.length > LONGEST_TITLE ? `${words.slice(0, LONGEST_TITLE).trimEnd()} …` : words;
}
