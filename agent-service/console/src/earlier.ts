/** The citizen's enquiries before this one: only those that the ledger lets this agent read. */
import type { Author, Classified, Rated, Summary, WireEvent } from "@prek/wire";
import type { EarlierAnswer, State } from "./model";

/** An earlier enquiry, without its words. */
export interface EarlierEnquiry {
  readonly conversation: string;
  readonly opened_at: string;
  readonly closed_at: string | null;
  readonly state: Summary["state"];
  readonly topic: string | null;
  readonly department: string;
  /** Who has had it, in order. */
  readonly agents: readonly string[];
  readonly outcome: Classified["outcome"];
  readonly rating: Rated["rating"] | null;
}

/** Read the ledger's list: what is not for this agent is left out there. */
export function readEarlier(answer: unknown): readonly EarlierEnquiry[] {
  const { conversations } = answer as { conversations: readonly EarlierEnquiry[] };
  if (!Array.isArray(conversations)) throw new Error("another format");
  return conversations;
}

/** The list of a conversation's citizen. While it is asked for again, the former stays on screen. */
export function addEarlier(state: State, id: string, answer: EarlierAnswer): State {
  if (state.board.known[id] === undefined) return state;
  const before = state.earlier[id];
  if (answer === "asking" && before !== undefined && before !== "failed") return state;
  return { ...state, earlier: { ...state.earlier, [id]: answer } };
}

/** What is out of view is forgotten. */
export function settleEarlier(state: State): State {
  const entries = Object.entries(state.earlier);
  const kept = entries.filter(([id]) => state.board.known[id] !== undefined);
  return kept.length === entries.length ? state : { ...state, earlier: Object.fromEntries(kept) };
}

/** Whether the list is to be asked for: the conversation is on screen and may be read. */
export function mayAskEarlier(state: State, id: string): boolean {
  // What is denied has no words here.
  const { streams = {} } = state.threads[id] ?? {};
  return state.link === "ready" && Object.keys(streams).length > 0;
}

/** An event of the archive's own copy, as the log of a live conversation shows it. */
interface CopiedEvent {
  readonly seq: number;
  readonly id: string;
  readonly stream: string;
  readonly author: Author;
  readonly time: string;
  readonly body: WireEvent["body"] | { readonly kind: "erased" };
}

/** A line of an earlier dialogue; null instead of its event: its words were deleted. */
export interface EarlierLine {
  readonly id: string;
  readonly time: string;
  readonly event: WireEvent | null;
}

/** Read the archive's copy (`prek.transcript.v1`). Throws where it is something else. */
export function readCopy(copy: unknown): readonly EarlierLine[] {
  const { format, events } = copy as { format: string; events: readonly CopiedEvent[] };
  if (format !== "prek.transcript.v1") throw new Error("another format");
  return events.map(({ body, ...rest }) => ({
    id: rest.id,
    time: rest.time,
    event: body.kind === "erased" ? null : { ...rest, mine: false, body },
  }));
}
