/** What the frame knows, and what follows from it. No IO, no clock, no chance. */
import {
  emptyOutbox,
  startStream,
  type CAskWritten,
  type CEnd,
  type CForget,
  type CHere,
  type CMailCopy,
  type COpen,
  type CRate,
  type CSend,
  type CSendFile,
  type LineState,
  type MaskedKind,
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
import type { Forgotten, Troubles } from "./afterwards";
import type { Chosen, Upload } from "./files";
import type { Form } from "./forms";
import type { NotifyState } from "./host";

/** Frames that are kept until they are answered. */
export type CitizenAction =
  COpen | CSend | CSendFile | CAskWritten | CHere | CEnd | CRate | CMailCopy | CForget;

/** What the municipality has set up, from the welcome. */
export type Setup = Pick<
  SWelcome,
  | "title"
  | "name"
  | "languages"
  | "topics"
  | "departments"
  | "staffed"
  | "files"
  | "look"
  | "privacy"
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
  /** Chosen by the citizen: what the page is in does not change it. */
  readonly ownLanguage: boolean;
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
  /** Up to here whoever answers has had the dialogue on screen. */
  readonly read: number;
  readonly draft: string;
  /** Files that go with the next press on the button. */
  readonly chosen: readonly Chosen[];
  /** Files on their way, and those that did not get there. */
  readonly uploads: readonly Upload[];
  /** What stands in the field's place. */
  readonly form: Form | null;
  /** Emergency numbers are shown until the citizen closes them. */
  readonly emergency: Alarm | null;
  /** A text with what looks like a national id waits for the writer's choice. */
  readonly warning: boolean;
  readonly askingToEnd: boolean;
  /** What was asked for after the end and refused. */
  readonly troubles: Troubles;
  /** This browser has just forgotten; until it has been read. */
  readonly forgotten: Forgotten | null;
  /** Code of the last refusal, until it is dismissed or something is sent. */
  readonly refusal: string | null;
  readonly busy: boolean;
  /** Sent texts from which the door removed a number, and of which kinds. */
  readonly masked: ReadonlyMap<string, readonly MaskedKind[]>;
  readonly visible: boolean;
  /** Highest seq that was in a window that was seen, in any tab. */
  readonly seen: number;
  readonly unread: number;
  /** A soft sound for what comes while the window is not seen. */
  readonly sound: boolean;
  /** What the page around it says of the browser's notifications. */
  readonly notify: NotifyState;
  /** Events to be asked for after this seq; a new object is a new question. */
  readonly question: { readonly after: number } | null;
}

export function initialState(kept: Partial<State> = {}): State {
  return {
    language: "nb",
    ownLanguage: false,
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
    read: 0,
    outbox: emptyOutbox(),
    status: null,
    place: null,
    typing: null,
    draft: "",
    chosen: [],
    uploads: [],
    form: null,
    emergency: null,
    warning: false,
    askingToEnd: false,
    troubles: {},
    forgotten: null,
    refusal: null,
    busy: false,
    masked: new Map(),
    visible: true,
    seen: 0,
    unread: 0,
    sound: true,
    notify: "none",
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

/** Something of the citizen's own that is not in the archive yet. */
export type Pending = { readonly id: string; readonly accepted: boolean } & (
  { readonly text: string } | { readonly upload: Upload }
);

/** Own texts and files that are not yet committed, in the order they were written. */
export function pendingSends(state: State): Pending[] {
  return state.outbox.entries.flatMap(({ action, state: sent }): Pending[] => {
    const accepted = sent === "accepted";
    if (action.type === "send") return [{ id: action.id, text: action.text, accepted }];
    if (action.type !== "send_file") return [];
    const upload = state.uploads.find(({ id }) => id === action.id);
    return upload === undefined ? [] : [{ id: action.id, upload, accepted }];
  });
}

/** Whether it is something of the other side that the citizen is to be called to. */
export function isHeard({ mine, body }: WireEvent): boolean {
  return !mine && (body.kind === "message" || body.kind === "attached" || body.kind === "nudged");
}

/** How many messages of others have come. */
export function heardOf({ events }: State): number {
  return events.filter(isHeard).length;
}

/** Whether somebody asks if the citizen is there, and nothing has been said to it. */
export function isNudged(state: State): boolean {
  const { status, outbox } = state;
  if ((status?.nudged_at ?? null) === null || phaseOf(state) === "closed") return false;
  return !outbox.entries.some(({ action }) => ANSWERS_NUDGE.has(action.type));
}

const ANSWERS_NUDGE: ReadonlySet<string> = new Set(["here", "send", "send_file", "end"]);

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
