/** Frames and states as the desk sends them, for the tests. */
import type {
  AgentProfile,
  Author,
  DeskFrame,
  DSnapshot,
  DWelcome,
  Summary,
  TenantDirectory,
  WireEvent,
} from "@prek/wire";
import { INITIAL, type Message, NOTHING_KEPT, type State } from "../src/model";
import { ALERTS } from "../src/set_up/reading";
import { reduce } from "../src/state";

export const NOW = "2026-11-24T09:00:00Z";
export const AT = Date.parse(NOW);

export const agent = (id: string, more: Partial<AgentProfile> = {}): AgentProfile => ({
  id,
  name: id,
  departments: ["front"],
  roles: ["agent"],
  skills: {},
  languages: ["nb"],
  capacity: 3,
  ...more,
});

export const AGENTS = [
  agent("kari"),
  agent("ola"),
  agent("siri", { departments: ["roads"] }),
  agent("turid", { roles: ["agent", "leader"] }),
  agent("vera", { roles: ["supervisor"], departments: [] }),
  agent("arve", { roles: ["admin", "archivist"], departments: ["front"] }),
];

export const DIRECTORY: TenantDirectory = {
  tenant: "sarpsborg",
  name: "Sarpsborg",
  kommunenummer: "3105",
  title: { nb: "Prek med oss" },
  first_line: "front",
  languages: ["nb", "nn", "en"],
  origins: [],
  version: 1,
  agents: AGENTS,
  alerts: ALERTS,
  archive: {
    way: "none",
    url: null,
    creator: "",
    folder: "conversation",
    journal_status: "J",
    classification_system: "",
    classes: {},
    shielding: { code: "UOFF", legal_basis: "" },
    shielded_topics: [],
    erases: "asked",
    remind_days: 3,
  },
  departments: [
    { id: "front", name: { nb: "Servicetorget" }, confidential: false, hours: null, alerts: ALERTS },
    { id: "roads", name: { nb: "Vei" }, confidential: false, hours: null, alerts: ALERTS },
  ],
  topics: [
    {
      id: "snow",
      department: "roads",
      direct: false,
      level: 1,
      name: { nb: "Brøyting" },
      words: [],
      archive: null,
    },
  ],
  hours: null,
  plans: [],
  emergency: null,
  replies: [],
  danger_words: [],
  look: { colour: null, logo: null },
  privacy: { kept_days: null, policy_url: null, retention: [] },
  files: { allowed: true, max_bytes: 1_000_000, types: ["image/png", "application/pdf"] },
  timing: {
    offer_s: 30,
    handover_s: 120,
    handover_away_s: 30,
    wrapup_s: 60,
    owner_grace_s: 60,
    preferred_s: 20,
    lower_level_after_s: 45,
    generalist_after_s: 90,
    target_s: 60,
    citizen_gone_s: 1800,
    offer_written_after_s: 180,
    written_due_s: 28_800,
    first_reply_nudge_s: 60,
    first_reply_leader_s: 120,
    first_reply_requeue_s: 180,
    nudge_s: 60,
    follows_days: 30,
    alert_s: 30,
    alert_leader_s: 600,
    glimpse_s: 3600,
  },
};

export const summary = (conversation: string, more: Partial<Summary> = {}): Summary => ({
  conversation,
  version: 1,
  epoch: 0,
  state: "waiting",
  department: "front",
  topic: null,
  language: "nb",
  priority: 5,
  entered_at: NOW,
  opened_at: NOW,
  closed_at: null,
  away_since: null,
  owner: null,
  offer: null,
  handover: null,
  wrapup: null,
  missed: [],
  preferred_agent: null,
  last_seq: { dialogue: 0, desk: 0 },
  outcome: null,
  archive: null,
  glimpses: [],
  unanswered_since: null,
  due_at: null,
  receipt: null,
  answer_by: null,
  suggested: null,
  nudged_at: null,
  rating: null,
  forget_asked_at: null,
  follows: null,
  alarm: null,
  consulted: [],
  ...more,
});

/** A conversation of Kari's. */
export const owned = (conversation: string, more: Partial<Summary> = {}): Summary =>
  summary(conversation, { state: "active", owner: "kari", epoch: 1, ...more });

export const snapshot = (
  conversations: readonly Summary[] = [],
  line: readonly Summary[] = [],
): DSnapshot => ({
  type: "snapshot",
  conversations: [...conversations],
  line: [...line],
  now: NOW,
});

export const welcome = (of: DSnapshot, who = "kari"): DWelcome => ({
  type: "welcome",
  agent: who,
  name: who,
  directory: DIRECTORY,
  heartbeat_s: 10,
  presence: "available",
  reason: "",
  snapshot: of,
});

const CITIZEN: Author = { kind: "citizen", id: "", name: "", department: "" };
const KARI: Author = { kind: "agent", id: "kari", name: "Kari", department: "front" };

export const event = (seq: number, more: Partial<WireEvent> = {}): WireEvent => ({
  seq,
  id: `e${seq}`,
  stream: "dialogue",
  mine: false,
  author: CITIZEN,
  time: NOW,
  body: { kind: "message", text: `words ${seq}`, masked: 0 },
  ...more,
});

/** Kari's own words, as the event of the action with this id. */
export const ours = (seq: number, id: string): WireEvent =>
  event(seq, { id, mine: true, author: KARI });

/** A picture, of the citizen's unless somebody else's event is given. */
export const attached = (seq: number, of: Partial<WireEvent> = {}): WireEvent =>
  event(seq, {
    ...of,
    body: {
      kind: "attached",
      file: `f${seq}`,
      name: "tegning.png",
      media_type: "image/png",
      size: 2_000,
      sha256: "",
      scan: "clean",
      width: 40,
      height: 30,
      masked: 0,
    },
  });

export const pushed = (conversation: string, of: WireEvent): DeskFrame => ({
  type: "event",
  conversation,
  event: of,
});

export const answered = (
  conversation: string,
  events: readonly WireEvent[],
  last_seq = events.at(-1)?.seq ?? 0,
): DeskFrame => ({
  type: "events",
  conversation,
  stream: "dialogue",
  events: [...events],
  last_seq,
  more: false,
});

export const frame = (of: DeskFrame): Message => ({ type: "frame", frame: of, at: AT, jitter: 0 });

/** The state after these, and everything that was to be sent. */
export function run(state: State, ...messages: readonly Message[]) {
  return messages.reduce(
    (before, message) => {
      const step = reduce(before.state, message);
      return { state: step.state, sent: [...before.sent, ...step.send] };
    },
    { state, sent: [] as ReturnType<typeof reduce>["send"][number][] },
  );
}

export function after(state: State, ...messages: readonly Message[]): State {
  return run(state, ...messages).state;
}

export const SESSION = {
  agent: "kari",
  name: "Kari",
  tenant: "sarpsborg",
  lasts: { endsAt: Date.parse(NOW) + 12 * 3_600_000, warnMs: 600_000, extendable: true, again: null },
};

/** Kari at her desk, with these conversations of hers and this line. */
export const seated = (mine: readonly Summary[] = [], line: readonly Summary[] = []): State =>
  after(
    INITIAL,
    { type: "signed_in", session: SESSION, kept: NOTHING_KEPT },
    { type: "link", link: "ready" },
    frame(welcome(snapshot(mine, line))),
  );
