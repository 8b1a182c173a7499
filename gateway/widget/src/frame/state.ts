/** What the frame knows, and what follows from it. No IO, no clock, no chance. */
import {
  emptyOutbox,
  startStream,
  type CAskWritten,
  type CEnd,
  type COpen,
  type CSend,
  type LineState,
  type Outbox,
  type SAvailability,
  type SEmergency,
  type SPosition,
  type SStatus,
  type StreamState,
  type SWelcome,
  type WireEvent,
} from "@prek/wire";
import type { Language } from "../texts/catalogue";
import type { Form } from "./forms";

/** Frames that are kept until they are answered. */
export type CitizenAction = COpen | CSend | CAskWritten | CEnd;

/** What the municipality has set up, from the welcome. */
export type Setup = Pick<
  SWelcome,
  "title" | "name" | "languages" | "topics" | "departments" | "staffed"
>;

export type Availability = Omit<SAvailability, "type">;
/** Where in the line, and what is known of the wait. */
export type Place = Omit<SPosition, "type">;
export type Alarm = SEmergency["alarm"];

export interface Conversation {
  readonly id: string;
  /** The ledger has it: it can be resumed. */
  readonly opened: boolean;
  /** Opened by a receipt: it belongs to another secret than this browser's, and to this tab. */
  readonly byReceipt?: boolean;
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
  /** Who is there and when, as last told. */
  readonly availability: Availability | null;
  readonly conversation: Conversation | null;
  /** The conversation before this one, under the same secret: the next one follows it. */
  readonly former: string | null;
  readonly topic: string | null;
  readonly stream: StreamState<WireEvent>;
  readonly events: readonly WireEvent[];
  readonly outbox: Outbox<CitizenAction>;
  readonly status: SStatus | null;
  readonly place: Place | null;
  readonly typing: Typing | null;
  readonly draft: string;
  /** What stands in the field's place. */
  readonly form: Form | null;
  /** Emergency numbers are shown until the citizen closes them. */
  readonly emergency: Alarm | null;
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
    availability: null,
    conversation: null,
    former: null,
    topic: null,
    stream: startStream(),
    events: [],
    outbox: emptyOutbox(),
    status: null,
    place: null,
    typing: null,
    draft: "",
    form: null,
    emergency: null,
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
  // A written question is looked at by one agent and the next, and stays a written question.
  if (isWritten(state) && told !== "closed") return "written";
  if (told === "active" || told === "written" || told === "closed") return told;
  return "waiting";
}

/** Whether it will be answered in writing before a deadline. */
export function isWritten({ status }: State): boolean {
  return (status?.due_at ?? null) !== null;
}

/** Whether somebody is on the written answer, and has begun it. */
export function isBeingAnswered({ status, events }: State): boolean {
  const made = events.findLast(({ body }) => body.kind === "made_written");
  if (made === undefined || status?.state !== "active") return false;
  return events.some(({ seq, mine, body }) => seq > made.seq && !mine && body.kind === "message");
}

/** What may be said of who is there. Unknown: nothing. */
export type Presence = "here" | "nobody" | "shut" | "unknown";

/** Open is never said unless somebody is there. */
export function presenceOf(state: State): Presence {
  const { availability, setup } = state;
  if (availability?.open === false) return "shut";
  // The welcome's word alone is not renewed, and is old once the citizen waits.
  const once = state.conversation === null ? setup?.staffed : null;
  const staffed = availability === null ? once : availability.staffed;
  return staffed === true ? "here" : staffed === false ? "nobody" : "unknown";
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

/** How many messages of others have come. */
export function heardOf({ events }: State): number {
  return events.filter(({ mine, body }) => !mine && body.kind === "message").length;
}

/** Whether a written answer has been asked for, and the ledger has not said so yet. */
export function isAsking(state: State): boolean {
  return state.outbox.entries.some(({ action }) => action.type === "ask_written");
}

export function isEnding(state: State): boolean {
  return state.outbox.entries.some(({ action }) => action.type === "end");
}

/** Whether there is a conversation that goes on: the host page keeps the frame alive for it. */
export function isLive(state: State): boolean {
  const phase = phaseOf(state);
  return phase === "waiting" || phase === "active";
}
