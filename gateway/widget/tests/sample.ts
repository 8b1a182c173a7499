/** Frames and events as the server sends them, for the tests. */
import type { Author, SAvailability, SPosition, SStatus, SWelcome, WireEvent } from "@prek/wire";
import { reduce, type Happening } from "../src/frame/reduce";
import { initialState, type State } from "../src/frame/state";
import { load } from "../src/texts/catalogue";

// They do not come with the frame.
await Promise.all([load("nn"), load("en")]);

export const CITIZEN: Author = { kind: "citizen", id: "", name: "", department: "" };
export const KARI: Author = { kind: "agent", id: "", name: "Kari", department: "servicetorget" };
export const IDS = { conversation: "c1", open: "k1", send: "m1" };

export const welcome = (more: Partial<SWelcome> = {}): SWelcome => ({
  type: "welcome",
  tenant: "sarpsborg",
  title: { nb: "Prek med oss" },
  name: "Sarpsborg",
  languages: ["nb", "nn", "en"],
  topics: [{ id: "vann", name: { nb: "Vann og avløp" } }],
  departments: [{ id: "servicetorget", name: { nb: "Servicetorget", en: "Service centre" } }],
  look: { colour: null, logo: null },
  privacy: { kept_days: null, policy_url: null, retention: [] },
  files: {
    allowed: true,
    max_bytes: 10 * 1024 * 1024,
    types: ["image/jpeg", "image/png", "application/pdf"],
  },
  staffed: true,
  availability: null,
  token: "t",
  heartbeat_s: 10,
  conversation: null,
  status: null,
  events: [],
  last_seq: 0,
  more: false,
  ...more,
});

export const status = (more: Partial<SStatus> = {}): SStatus => ({
  type: "status",
  version: 1,
  state: "waiting",
  owner: null,
  department: "servicetorget",
  handover_department: null,
  token: null,
  due_at: null,
  receipt: null,
  receipt_secret: null,
  answer_by: null,
  nudged_at: null,
  rating: null,
  forget_asked_at: null,
  ...more,
});

export const availability = (more: Partial<SAvailability> = {}): SAvailability => ({
  type: "availability",
  open: true,
  staffed: true,
  closes_at: null,
  opens_at: null,
  reason: {},
  banner: {},
  departments: { servicetorget: true },
  ...more,
});

export const position = (place: number, more: Partial<SPosition> = {}): SPosition => ({
  type: "position",
  position: place,
  wait_from_s: null,
  wait_to_s: null,
  offer_written: false,
  ...more,
});

export const event = (
  seq: number,
  body: WireEvent["body"],
  more: Partial<WireEvent> = {},
): WireEvent => ({
  seq,
  id: `e${seq}`,
  stream: "dialogue",
  mine: false,
  author: KARI,
  time: "2026-11-24T09:15:00Z",
  body,
  ...more,
});

export const OPENED = event(
  1,
  { kind: "opened", topic: null, department: "servicetorget", language: "nb" },
  { id: "k1", mine: true, author: CITIZEN },
);
export const said = (seq: number, text: string, more: Partial<WireEvent> = {}) =>
  event(seq, { kind: "message", text, masked: 0 }, more);

export function after(state: State, ...happenings: Happening[]): State {
  return happenings.reduce(reduce, state);
}

export const frame = (heard: Extract<Happening, { kind: "frame" }>["frame"]): Happening => ({
  kind: "frame",
  frame: heard,
  now: 1_000,
  jitter: 0,
});

/** A conversation of which the first text has been sent and committed. */
export function talking(): State {
  return after(
    initialState(),
    frame(welcome()),
    { kind: "typed", draft: "Hei" },
    { kind: "submitted", ids: IDS, anyway: false },
    frame({ type: "event", event: OPENED }),
    frame({ type: "event", event: said(2, "Hei", { id: "m1", mine: true, author: CITIZEN }) }),
    frame(status({ version: 2, state: "active", owner: "Kari" })),
  );
}
