/** Reading a set-up from a file: what is missing is as usual, what is strange is refused. */
import type {
  AgentProfile,
  AlertTargets,
  ArchiveRules,
  CannedReply,
  DatedHours,
  Department,
  OpeningHours,
  PlanStep,
  Retention,
  RoutingPlan,
  Span,
  Topic,
} from "@prek/wire";
import { PROPERTIES, type Property, type SetUp } from "./document";
import { withValues } from "./draft";

const SPAN: Span = { opens: "08:00", closes: "15:30" };
const DATED: DatedHours = { date: "", spans: [], reason: {} };
export const HOURS: OpeningHours = { week: {}, dated: [], holidays: true, half_days: {} };
export const ALERTS: AlertTargets = { department: [], leader: [] };
export const DEPARTMENT: Department = {
  id: "",
  name: { nb: "" },
  confidential: false,
  hours: null,
  alerts: ALERTS,
};
export const TOPIC: Topic = {
  id: "",
  department: "",
  name: { nb: "" },
  direct: false,
  level: 1,
  words: [],
  archive: null,
};
export const AGENT: AgentProfile = {
  id: "",
  name: "",
  departments: [],
  roles: ["agent"],
  skills: {},
  languages: ["nb"],
  capacity: 3,
};
export const STEP: PlanStep = {
  after_s: 0,
  level: "asked",
  language: false,
  departments: [],
  offer_written: false,
};
export const PLAN: RoutingPlan = {
  id: "",
  topics: [],
  direct: null,
  skills: {},
  priority: 5,
  target_s: null,
  steps: [STEP],
  route_by_suggestion: null,
};
export const REPLY: CannedReply = {
  id: "",
  department: null,
  title: "",
  text: { nb: "" },
  words: [],
};
export const RETENTION: Retention = {
  topic: null,
  archive: "none",
  kept_days: 30,
  legal_basis: "",
};

export const ARCHIVE: ArchiveRules = {
  way: "none",
  url: null,
  creator: "",
  folder: "conversation",
  journal_status: "J",
  classification_system: "",
  classes: {},
  shielding: { code: "UOFF", legal_basis: "offl. § 13 jf. fvl. § 13 første ledd nr. 1" },
  shielded_topics: [],
  erases: "asked",
  remind_days: 3,
};

/** What is wrong with a file: where in it, as people can find it. */
export class Unreadable extends Error {
  constructor(readonly where: string) {
    super(where);
  }
}

/** Return what a file holds, with tenant, version and emergency of the one in force.
 *
 * @throws Unreadable when it is no set-up, or holds what no set-up has.
 */
export function readSetUp(text: string, base: SetUp): SetUp {
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch {
    throw new Unreadable("JSON");
  }
  if (!isRecord(file)) throw new Unreadable("JSON");
  const known: readonly string[] = [...PROPERTIES, "tenant", "version", "emergency"];
  const strange = Object.keys(file).find((name) => !known.includes(name));
  if (strange !== undefined) throw new Unreadable(strange);
  const values: Partial<Record<Property, unknown>> = {};
  for (const name of PROPERTIES) {
    if (file[name] !== undefined) values[name] = read(file[name], shapeOf(name, base), name);
  }
  // A file with not one property of a set-up is another file.
  if (Object.keys(values).length === 0) throw new Unreadable("JSON");
  return withValues(base, values);
}

/** The text of a file that `readSetUp` reads. */
export function writeSetUp(setUp: SetUp): string {
  return `${JSON.stringify(setUp, null, 1)}\n`;
}

/** How a value must be made: like another, or a list or a table of such, or nothing. */
type Shape =
  | { readonly like: string | number | boolean }
  | { readonly list: Shape }
  | { readonly table: Shape }
  | { readonly orNull: Shape }
  | {
      readonly of: Readonly<Record<string, Shape>>;
      readonly usual: Readonly<Record<string, unknown>>;
    };

const TEXT: Shape = { like: "" };
const NUMBER: Shape = { like: 0 };
const YES_NO: Shape = { like: true };
const TEXTS: Shape = { list: TEXT };
const TABLE: Shape = { table: TEXT };
const LEVELS: Shape = { table: NUMBER };

function made(usual: object, of: Readonly<Record<string, Shape>>): Shape {
  return { usual: usual as Record<string, unknown>, of };
}

const SPANS: Shape = { list: made(SPAN, { opens: TEXT, closes: TEXT }) };
const OPEN: Shape = {
  orNull: made(HOURS, {
    week: { table: SPANS },
    dated: { list: made(DATED, { date: TEXT, spans: SPANS, reason: TABLE }) },
    holidays: YES_NO,
    half_days: { table: SPANS },
  }),
};
const TOLD: Shape = made(ALERTS, { department: TEXTS, leader: TEXTS });
const STEPS: Shape = {
  list: made(STEP, {
    after_s: NUMBER,
    level: TEXT,
    language: YES_NO,
    departments: TEXTS,
    offer_written: YES_NO,
  }),
};

/** The shapes of the properties; those not here are like what is in force. */
const SHAPES: Partial<Record<Property, Shape>> = {
  title: TABLE,
  languages: TEXTS,
  origins: TEXTS,
  danger_words: TEXTS,
  hours: OPEN,
  departments: {
    list: made(DEPARTMENT, {
      id: TEXT,
      name: TABLE,
      confidential: YES_NO,
      hours: OPEN,
      alerts: TOLD,
    }),
  },
  alerts: TOLD,
  topics: {
    list: made(TOPIC, {
      id: TEXT,
      department: TEXT,
      name: TABLE,
      direct: YES_NO,
      level: NUMBER,
      words: TEXTS,
      archive: { orNull: TEXT },
    }),
  },
  agents: {
    list: made(AGENT, {
      id: TEXT,
      name: TEXT,
      departments: TEXTS,
      roles: TEXTS,
      skills: LEVELS,
      languages: TEXTS,
      capacity: NUMBER,
    }),
  },
  plans: {
    list: made(PLAN, {
      id: TEXT,
      topics: TEXTS,
      direct: { orNull: YES_NO },
      skills: LEVELS,
      priority: NUMBER,
      target_s: { orNull: NUMBER },
      steps: STEPS,
      route_by_suggestion: { orNull: NUMBER },
    }),
  },
  replies: {
    list: made(REPLY, {
      id: TEXT,
      department: { orNull: TEXT },
      title: TEXT,
      text: TABLE,
      words: TEXTS,
    }),
  },
  look: made({ colour: null, logo: null }, { colour: { orNull: TEXT }, logo: { orNull: TEXT } }),
  archive: made(ARCHIVE, {
    way: TEXT,
    url: { orNull: TEXT },
    creator: TEXT,
    folder: TEXT,
    journal_status: TEXT,
    classification_system: TEXT,
    classes: TABLE,
    shielding: made(ARCHIVE.shielding, { code: TEXT, legal_basis: TEXT }),
    shielded_topics: TEXTS,
    erases: TEXT,
    remind_days: NUMBER,
  }),
  privacy: made(
    { kept_days: null, policy_url: null, retention: [] },
    {
      kept_days: { orNull: NUMBER },
      policy_url: { orNull: TEXT },
      retention: {
        list: made(RETENTION, {
          topic: { orNull: TEXT },
          archive: TEXT,
          kept_days: NUMBER,
          legal_basis: TEXT,
        }),
      },
    },
  ),
};

function shapeOf(name: Property, base: SetUp): Shape {
  const found = SHAPES[name];
  if (found !== undefined) return found;
  const { [name]: now } = base;
  if (!isRecord(now)) return { like: now as string };
  // Rules and times: what the file leaves out stays as it is.
  const of = Object.entries(now).map(([key, value]): [string, Shape] => [
    key,
    Array.isArray(value) ? TEXTS : { like: value as string | number | boolean },
  ]);
  return made(now, Object.fromEntries(of));
}

function read(value: unknown, shape: Shape, where: string): unknown {
  if ("orNull" in shape) return value === null ? null : read(value, shape.orNull, where);
  if ("like" in shape) {
    if (typeof value !== typeof shape.like) throw new Unreadable(where);
    return value;
  }
  if ("list" in shape) {
    if (!Array.isArray(value)) throw new Unreadable(where);
    return value.map((each, at) => read(each, shape.list, `${where}[${at}]`));
  }
  if (!isRecord(value)) throw new Unreadable(where);
  if ("table" in shape) {
    const rows = Object.entries(value);
    return Object.fromEntries(
      rows.map(([key, each]) => [key, read(each, shape.table, `${where}.${key}`)]),
    );
  }
  const strange = Object.keys(value).find((key) => !Object.hasOwn(shape.of, key));
  if (strange !== undefined) throw new Unreadable(`${where}.${strange}`);
  const fields = Object.entries(shape.of).map(([key, each]) => [
    key,
    Object.hasOwn(value, key) ? read(value[key], each, `${where}.${key}`) : shape.usual[key],
  ]);
  return Object.fromEntries(fields);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
