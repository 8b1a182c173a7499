/** What the frame knows, and what follows from it. No IO, no clock, no chance. */
import {
  emptyOutbox,
  startStream,
  type CEnd,
  type COpen,
  type CSend,
  type LineState,
  type Outbox,
  type SStatus,
  type StreamState,
  type SWelcome,
  type WireEvent,
} from "@prek/wire";
import type { Language } from "../texts/catalogue";

/** Frames that are kept until they are answered. */
export type CitizenAction = COpen | CSend | CEnd;

/** What the municipality has set up, from the welcome. */
export type Setup = Pick<
  SWelcome,
  "title" | "name" | "languages" | "topics" | "departments" | "staffed"
>;

export interface Conversation {
  readonly id: string;
  /** The ledger has it: it can be resumed. */
  readonly opened: boolean;
}

export interface Typing {
  readonly author: string;
  /** Shown until then, in ms. */
  readonly until: number;
}

export interface State {
  readonly language: Language;
  readonly line: LineState;
  /** The line broke, or could not be had, and is not back. */
  readonly broken: boolean;
  /** What the browser says of its network. */
  readonly online: boolean;
  /** A refusal after which there is nothing to try. */
  readonly fatal: boolean;
  readonly setup: Setup | null;
  readonly conversation: Conversation | null;
  readonly topic: string | null;
  readonly stream: StreamState<WireEvent>;
  readonly events: readonly WireEvent[];
  readonly outbox: Outbox<CitizenAction>;
  readonly status: SStatus | null;
  readonly position: number | null;
  readonly typing: Typing | null;
  readonly draft: string;
  /** A text with what looks like a national id waits for the writer's choice. */
  readonly warning: boolean;
  readonly askingToEnd: boolean;
  /** Code of the last refusal, until it is dismissed or something is sent. */
  readonly refusal: string | null;
  readonly busy: boolean;
  /** Ids of sent texts from which the door removed a number. */
  readonly masked: ReadonlySet<string>;
  readonly visible: boolean;
  readonly unread: number;
  /** Events to be asked for after this seq; a new object is a new question. */
  readonly question: { readonly after: number } | null;
}

export function initialState(kept: Partial<State> = {}): State {
  return {
    language: "nb",
    line: "connecting",
    broken: false,
    online: true,
    fatal: false,
    setup: null,
    conversation: null,
    topic: null,
    stream: startStream(),
    events: [],
    outbox: emptyOutbox(),
    status: null,
    position: null,
    typing: null,
    draft: "",
    warning: false,
    askingToEnd: false,
    refusal: null,
    busy: false,
    masked: new Set(),
    visible: true,
    unread: 0,
    question: null,
    ...kept,
  };
}

export type Phase = "new" | "waiting" | "active" | "written" | "closed";

export function phaseOf(state: State): Phase {
  if (state.conversation === null) return "new";
  if (state.events.some(({ body }) => body.kind === "closed")) return "closed";
  const told = state.status?.state;
  if (told === "active" || told === "written" || told === "closed") return told;
  return "waiting";
}

/** Whether the citizen is told that there is no contact. */
export function isCutOff(state: State): boolean {
  return state.broken || !state.online;
}

/** Own texts that are not yet committed, in the order they were written. */
export function pendingSends(state: State) {
  return state.outbox.entries.flatMap(({ action, state: sent }) =>
    action.type === "send"
      ? [{ id: action.id, text: action.text, accepted: sent === "accepted" }]
      : [],
  );
}

export function isEnding(state: State): boolean {
  return state.outbox.entries.some(({ action }) => action.type === "end");
}

/** Whether there is a conversation that goes on: the host page keeps the frame alive for it. */
export function isLive(state: State): boolean {
  const phase = phaseOf(state);
  return phase === "waiting" || phase === "active";
}
