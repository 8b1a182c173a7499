/** What the console knows: plain data, changed only by `reduce`. */
import {
  type AAccept,
  type AAlarm,
  type ABlock,
  type ABreakGlass,
  type ACancelHandover,
  type AClassify,
  type AClearAlarm,
  type AClose,
  type AConsult,
  type ADecline,
  type AEndConsult,
  type AHandover,
  type AMakeWritten,
  type AMove,
  type ANote,
  type ANudge,
  type ARequeue,
  type ASend,
  type ASendFile,
  type ASetTopic,
  type ATakeOver,
  type AWrapUpDone,
  type DeskFrame,
  type DNudge,
  type DPresence,
  emptyOutbox,
  type LineState,
  type Outbox,
  type StreamState,
  type Summary,
  type TenantDirectory,
  type Why,
  type WireEvent,
} from "@prek/wire";
import type { EarlierEnquiry } from "./earlier";
import type { Led } from "./rights";
import type { Key, Params } from "./texts";

export type Presence = DPresence["presence"];
/** What an agent may choose; `forced_away` and `offline` happen to them. */
export type ChosenPresence = "available" | "busy" | "away" | "draining";

/** An action that must arrive: it has a client-made id and waits in the outbox. */
export type DeskAction =
  | AAccept
  | AAlarm
  | ABlock
  | ABreakGlass
  | ACancelHandover
  | AClassify
  | AClearAlarm
  | AClose
  | AConsult
  | ADecline
  | AEndConsult
  | AHandover
  | AMakeWritten
  | AMove
  | ANote
  | ANudge
  | ARequeue
  | ASend
  | ASendFile
  | ASetTopic
  | ATakeOver
  | AWrapUpDone;

export interface Session {
  readonly agent: string;
  readonly name: string;
  readonly tenant: string;
  readonly lasts: Lasts;
}

/** For how long one stays signed in. */
export interface Lasts {
  /** When it ends, in ms of this browser's clock. */
  readonly endsAt: number;
  /** How long before that one is warned, in ms. */
  readonly warnMs: number;
  /** Whether it can be made to last longer. */
  readonly extendable: boolean;
  /** Where to sign in again before the end instead; null: nowhere. */
  readonly again: string | null;
}

/** A summary, and in which round of snapshots it was last replaced. */
export interface Known {
  readonly summary: Summary;
  readonly round: number;
}

/** The conversations in view: the part that a fresh snapshot must agree with. */
export interface Board {
  readonly me: string;
  /** Where one leads, one also sees what colleagues have. */
  readonly led: Led;
  /** The departments whose lines the agent answers. */
  readonly departments: readonly string[];
  readonly known: Readonly<Record<string, Known>>;
  /** Version at which a conversation left the view, so that an older word cannot bring it back. */
  readonly gone: Readonly<Record<string, number>>;
  readonly round: number;
}

export interface StreamLog {
  readonly cursor: StreamState<WireEvent>;
  readonly events: readonly WireEvent[];
}

/** The words of one conversation, per stream. */
export interface Thread {
  readonly streams: Readonly<Record<string, StreamLog>>;
  /** Highest seq the agent has had on screen, per stream. */
  readonly read: Readonly<Record<string, number>>;
  /** Who is writing, and until when that is believed (ms). */
  readonly typing: { readonly author: string; readonly until: number } | null;
  /** Not ours to read, as far as we know: asked again when the conversation's state changes. */
  readonly denied: boolean;
  /** Ids of the whispers that have been seen and put away. */
  readonly heard: readonly string[];
}

export interface Draft {
  readonly reply: string;
  readonly note: string;
  /** The note that goes with a hand-over. */
  readonly handover: string;
  /** The question to a colleague who is asked for advice. */
  readonly consult: string;
  /** Why the citizen is blocked. */
  readonly block: string;
  /** Why somebody looks behind the wall. */
  readonly glass: string;
  /** A leader's word to the owner. */
  readonly whisper: string;
}

/** An owner has not answered yet: whom it was said of, and how far it has come. */
export interface Nudge {
  readonly agent: string;
  readonly stage: DNudge["stage"];
}

/** What the routing says of a conversation; `none`: it has decided nothing about it. */
export type Explained = Why | "asking" | "none" | "failed";

/** The citizen's enquiries before this one; `none`: not for this agent to see. */
export type EarlierAnswer = readonly EarlierEnquiry[] | "asking" | "none" | "failed";

export interface Alert {
  readonly id: string;
  readonly tone: "danger" | "info";
  readonly title: Key;
  readonly params: Params;
  readonly reason: Key | null;
  /** `returned`: the text is in its field again; `kept`: it is shown in the alert. */
  readonly text: { readonly where: "returned" } | { readonly where: "kept"; readonly text: string } | null;
}

export interface OwnPresence {
  readonly presence: Presence;
  readonly reason: string;
  readonly misses: number;
}

/** Which column a narrow screen shows. */
export type Pane = "list" | "dialogue" | "details";

export interface State {
  readonly session: Session | null;
  /** `unknown`: asking; `ended`: was signed in, and is not any more. */
  readonly sign: "unknown" | "out" | "in" | "ended";
  readonly link: LineState;
  readonly directory: TenantDirectory | null;
  readonly own: OwnPresence;
  readonly colleagues: Readonly<Record<string, Presence>>;
  readonly board: Board;
  readonly threads: Readonly<Record<string, Thread>>;
  readonly following: Readonly<Record<string, true>>;
  readonly outbox: Outbox<DeskAction>;
  readonly drafts: Readonly<Record<string, Draft>>;
  readonly selected: string | null;
  readonly pane: Pane;
  readonly alerts: readonly Alert[];
  /** Owners who were nudged and have not answered since, by conversation. */
  readonly nudges: Readonly<Record<string, Nudge>>;
  /** Why conversations wait or were offered, as far as it has been asked. */
  readonly whys: Readonly<Record<string, Explained>>;
  /** What the citizens asked before, as far as it has been asked for. */
  readonly earlier: Readonly<Record<string, EarlierAnswer>>;
  /** Server's clock less this browser's, in ms. */
  readonly skew: number;
}

export type Message =
  | { readonly type: "signed_in"; readonly session: Session; readonly kept: Kept }
  | { readonly type: "signed_out"; readonly ended: boolean }
  | { readonly type: "link"; readonly link: LineState }
  | { readonly type: "frame"; readonly frame: DeskFrame; readonly at: number; readonly jitter: number }
  | { readonly type: "act"; readonly action: DeskAction }
  | { readonly type: "dispatched"; readonly outbox: Outbox<DeskAction> }
  | { readonly type: "draft"; readonly conversation: string; readonly draft: Partial<Draft> }
  | { readonly type: "select"; readonly conversation: string | null }
  | { readonly type: "linked"; readonly conversation: string }
  | { readonly type: "seen"; readonly conversation: string }
  | { readonly type: "pane"; readonly pane: Pane }
  | { readonly type: "why"; readonly conversation: string; readonly answer: Explained }
  | { readonly type: "earlier"; readonly conversation: string; readonly answer: EarlierAnswer }
  | { readonly type: "heard"; readonly conversation: string; readonly whisper: string }
  | { readonly type: "dismiss"; readonly alert: string };

/** What a reload brings back. */
export interface Kept {
  readonly outbox: Outbox<DeskAction>;
  readonly drafts: Readonly<Record<string, Draft>>;
  readonly read: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly heard: Readonly<Record<string, readonly string[]>>;
  readonly selected: string | null;
  /** Alerts that hold a text which is nowhere else. */
  readonly alerts: readonly Alert[];
}

export const NOTHING_KEPT: Kept = {
  outbox: emptyOutbox(),
  drafts: {},
  read: {},
  heard: {},
  selected: null,
  alerts: [],
};
export const EMPTY_DRAFT: Draft = {
  reply: "",
  note: "",
  handover: "",
  consult: "",
  block: "",
  glass: "",
  whisper: "",
};
export const EMPTY_THREAD: Thread = {
  streams: {},
  read: {},
  typing: null,
  denied: false,
  heard: [],
};

export function emptyBoard(me = "", led: Led = []): Board {
  return { me, led, departments: [], known: {}, gone: {}, round: 0 };
}

export const INITIAL: State = {
  session: null,
  sign: "unknown",
  link: "stopped",
  directory: null,
  own: { presence: "offline", reason: "", misses: 0 },
  colleagues: {},
  board: emptyBoard(),
  threads: {},
  following: {},
  outbox: emptyOutbox(),
  drafts: {},
  selected: null,
  pane: "list",
  alerts: [],
  nudges: {},
  whys: {},
  earlier: {},
  skew: 0,
};

/** What is being written in a conversation. */
export function draftOf(state: State, conversation: string | null): Draft {
  return { ...EMPTY_DRAFT, ...(conversation === null ? null : state.drafts[conversation]) };
}

/** Whether an alert is the only place where a text still is. */
export function holdsText(alert: Alert): boolean {
  return alert.text?.where === "kept";
}

/** A copy of a record without one key. */
export function without<V>(record: Readonly<Record<string, V>>, key: string): Record<string, V> {
  const { [key]: _gone, ...rest } = record;
  return rest;
}
