/** What is wrong with a draft, before it is sent: one problem a field, in words of the catalogue. */
import type { AlertTargets } from "@prek/wire";
import type { Key, Params } from "../texts";
import { hoursProblems } from "./checking-hours";
import { planProblems } from "./checking-plans";
import { contrast, LEAST } from "./contrast";
import { isId, type Part, type SetUp } from "./document";

export interface Problem {
  readonly part: Part;
  /** Id of the entry, or empty where the page has none. */
  readonly entry: string;
  readonly field: string;
  readonly key: Key;
  readonly params?: Params;
}

/** Say that a field of an entry is wrong. */
export type Tell = (entry: string, field: string, key: Key, params?: Params) => void;

export const MAX_LOGO = 24_000;
const MAX_TEXT_BYTES = 8_192;
const MAX_NAME = 200;
const MAX_ADDRESS = 254;
const MAX_ADDRESSES = 20;
const MAX_BASIS = 500;
const MAX_KEPT_DAYS = 36_500;
const MAX_KEY = 100;
const MAX_CODE = 40;
const MAX_REMIND_DAYS = 365;
export const MAX_FILE_BYTES = 10 * 1024 * 1024;

const CHECKS: Readonly<Record<Part, (setUp: SetUp, tell: Tell) => void>> = {
  departments: departmentProblems,
  topics: topicProblems,
  agents: agentProblems,
  hours: ({ hours }, tell) => hoursProblems(hours, "", tell),
  plans: planProblems,
  replies: replyProblems,
  widget: widgetProblems,
  privacy: privacyProblems,
  archive: archiveProblems,
  files: fileProblems,
  timing: timingProblems,
  danger: ({ danger_words }, tell) => {
    if (danger_words.some(blank)) tell("", "danger_words", "su_wrong_blank_word");
  },
};

/** Everything that is wrong, in the order of the pages. */
export function problemsOf(setUp: SetUp): Problem[] {
  const found: Problem[] = [];
  for (const [part, check] of Object.entries(CHECKS) as [Part, (typeof CHECKS)[Part]][]) {
    check(setUp, (entry, field, key, params) =>
      found.push({ part, entry, field, key, ...(params === undefined ? {} : { params }) }),
    );
  }
  return found;
}

export function blank(text: string | undefined): boolean {
  return text === undefined || text.trim() === "";
}

/** Whether a number is none, or outside of what is allowed. */
export function outside(value: number, least: number, most = Infinity): boolean {
  return typeof value !== "number" || !Number.isFinite(value) || value < least || value > most;
}

function departmentProblems({ departments, first_line, alerts }: SetUp, tell: Tell): void {
  const known = departments.map(({ id }) => id);
  twice(known, tell);
  for (const { id, name, hours, alerts: own } of departments) {
    if (blank(name.nb)) tell(id, "name-nb", "su_wrong_name");
    alertProblems(own, id, tell);
    hoursProblems(hours, id, tell);
  }
  if (!known.includes(first_line)) tell("", "first_line", "su_wrong_first_line");
  alertProblems(alerts, "", tell);
}

/** The server's rule, to the letter: one plain address, and no second receiver beside it. */
const MAIL_ADDRESS =
  /^[^\s<>()[\],;:"\\@]+@[^\s<>()[\],;:"\\@]+\.[^\s<>()[\],;:"\\@]+$/;

function alertProblems(alerts: AlertTargets, entry: string, tell: Tell): void {
  for (const stage of ["department", "leader"] as const) {
    const addresses = alerts[stage];
    const strange = addresses.find(
      (address) => !MAIL_ADDRESS.test(address) || address.length > MAX_ADDRESS,
    );
    if (strange !== undefined) {
      tell(entry, `alerts-${stage}`, "su_wrong_mail", { address: strange });
    } else if (addresses.length > MAX_ADDRESSES) {
      tell(entry, `alerts-${stage}`, "su_wrong_many", { most: MAX_ADDRESSES });
    }
  }
}

function topicProblems({ topics, departments }: SetUp, tell: Tell): void {
  twice(
    topics.map(({ id }) => id),
    tell,
  );
  for (const { id, name, department, level, words } of topics) {
    if (blank(name.nb)) tell(id, "name-nb", "su_wrong_name");
    if (!departments.some((one) => one.id === department))
      tell(id, "department", "su_wrong_department");
    if (outside(level, 1, 5)) tell(id, "level", "su_wrong_between", { least: 1, most: 5 });
    if (words.some(blank)) tell(id, "words", "su_wrong_blank_word");
  }
}

function agentProblems({ agents, departments }: SetUp, tell: Tell): void {
  const known = new Set(departments.map(({ id }) => id));
  twice(
    agents.map(({ id }) => id),
    tell,
  );
  for (const { id, name, departments: own, roles, languages, capacity, skills } of agents) {
    if (!isId(id)) tell(id, "id", "su_wrong_id");
    if (blank(name)) tell(id, "name", "su_wrong_name");
    else if (name.length > MAX_NAME) tell(id, "name", "su_wrong_long", { most: MAX_NAME });
    if (own.some((each) => !known.has(each))) tell(id, "departments", "su_wrong_department");
    if (roles.length === 0) tell(id, "roles", "su_wrong_roles");
    if (languages.length === 0) tell(id, "languages", "su_wrong_languages");
    if (outside(capacity, 1, 10) || !Number.isInteger(capacity)) {
      tell(id, "capacity", "su_wrong_whole_between", { least: 1, most: 10 });
    }
    if (Object.values(skills).some((level) => outside(level, 1, 5))) {
      tell(id, "skills", "su_wrong_between", { least: 1, most: 5 });
    }
  }
}

function replyProblems({ replies, departments }: SetUp, tell: Tell): void {
  twice(
    replies.map(({ id }) => id),
    tell,
  );
  for (const { id, title, text, department, words } of replies) {
    if (blank(title)) tell(id, "title", "su_wrong_title");
    else if (title.length > MAX_NAME) tell(id, "title", "su_wrong_long", { most: MAX_NAME });
    if (blank(text.nb)) tell(id, "text-nb", "su_wrong_reply");
    for (const [language, words_] of Object.entries(text)) {
      const size = new TextEncoder().encode(words_).length;
      if (size > MAX_TEXT_BYTES)
        tell(id, `text-${language}`, "su_wrong_long", { most: MAX_TEXT_BYTES });
    }
    if (department !== null && !departments.some((one) => one.id === department)) {
      tell(id, "department", "su_wrong_department");
    }
    if (words.some(blank)) tell(id, "words", "su_wrong_blank_word");
  }
}

function widgetProblems(
  { name, kommunenummer, title, languages, origins, look }: SetUp,
  tell: Tell,
): void {
  if (blank(name)) tell("", "name", "su_wrong_name");
  if (!/^\d{4}$/.test(kommunenummer)) tell("", "kommunenummer", "su_wrong_kommunenummer");
  if (blank(title.nb)) tell("", "title-nb", "su_wrong_title");
  if (!languages.includes("nb")) tell("", "languages", "su_wrong_bokmal");
  const strange = origins.find((origin) => !isOrigin(origin));
  if (strange !== undefined) tell("", "origins", "su_wrong_origin", { address: strange });
  if (look.colour !== null) {
    if (!/^#[0-9a-f]{6}$/.test(look.colour)) tell("", "colour", "su_wrong_colour");
    else if (contrast(look.colour, "#ffffff") < LEAST) tell("", "colour", "su_wrong_contrast");
  }
  if (look.logo !== null) {
    if (look.logo.length > MAX_LOGO) tell("", "logo", "su_wrong_logo_size");
    else if (!/^data:image\/(png|webp|svg\+xml);base64,[A-Za-z0-9+/=]+$/.test(look.logo)) {
      tell("", "logo", "su_wrong_logo_type");
    }
  }
}

/** Whether it is an origin as a browser writes it: scheme, host and perhaps a port. */
export function isOrigin(text: string): boolean {
  const url = URL.parse?.(text) ?? parsed(text);
  return url !== null && /^https?:$/.test(url.protocol) && url.origin === text;
}

function parsed(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}

function privacyProblems(
  { privacy: { kept_days, policy_url, retention } }: SetUp,
  tell: Tell,
): void {
  if (kept_days !== null && (outside(kept_days, 1) || !Number.isInteger(kept_days))) {
    tell("", "kept_days", "su_wrong_whole_least", { least: 1 });
  }
  if (
    policy_url !== null &&
    (!/^https:\/\/\S+$/.test(policy_url) || policy_url.length > MAX_BASIS)
  ) {
    tell("", "policy_url", "su_wrong_https");
  }
  retention.forEach((rule, at) => {
    const entry = String(at);
    if (outside(rule.kept_days, 1, MAX_KEPT_DAYS) || !Number.isInteger(rule.kept_days)) {
      tell(entry, "kept_days", "su_wrong_whole_between", { least: 1, most: MAX_KEPT_DAYS });
    }
    if (rule.legal_basis.length > MAX_BASIS)
      tell(entry, "legal_basis", "su_wrong_long", { most: MAX_BASIS });
    const twin = ({ topic, archive }: (typeof retention)[number]) =>
      topic === rule.topic && archive === rule.archive;
    if (retention.findIndex(twin) < at) {
      tell(entry, "topic", "su_wrong_retention_twice");
    }
  });
}

function archiveProblems({ archive }: SetUp, tell: Tell): void {
  const { way, url, creator, shielding, remind_days, classification_system, classes } = archive;
  if (way === "http" && !/^https?:\/\/\S+$/.test(url ?? "")) tell("", "url", "su_wrong_archive_url");
  else if ((url ?? "").length > MAX_BASIS) tell("", "url", "su_wrong_long", { most: MAX_BASIS });
  if (creator.length > MAX_NAME) tell("", "creator", "su_wrong_long", { most: MAX_NAME });
  if (classification_system.length > MAX_KEY) {
    tell("", "classification_system", "su_wrong_long", { most: MAX_KEY });
  }
  if (classification_system.trim() === "" && Object.keys(classes).length > 0) {
    tell("", "classification_system", "su_wrong_archive_key");
  }
  if (blank(shielding.code)) tell("", "code", "su_wrong_archive_code");
  else if (shielding.code.length > MAX_CODE) tell("", "code", "su_wrong_long", { most: MAX_CODE });
  if (shielding.legal_basis.length > MAX_BASIS) {
    tell("", "basis", "su_wrong_long", { most: MAX_BASIS });
  }
  if (outside(remind_days, 1, MAX_REMIND_DAYS) || !Number.isInteger(remind_days)) {
    tell("", "remind_days", "su_wrong_whole_between", { least: 1, most: MAX_REMIND_DAYS });
  }
}

function fileProblems({ files: { max_bytes, allowed, types } }: SetUp, tell: Tell): void {
  if (outside(max_bytes, 1, MAX_FILE_BYTES))
    tell("", "max_bytes", "su_wrong_between", { least: 0.1, most: 10 });
  if (allowed && types.length === 0) tell("", "types", "su_wrong_types");
}

function timingProblems({ timing }: SetUp, tell: Tell): void {
  for (const [name, value] of Object.entries(timing) as [string, number][]) {
    if (outside(value, 0)) tell("", name, "su_wrong_number");
  }
  const { first_reply_nudge_s, first_reply_leader_s, first_reply_requeue_s } = timing;
  if (first_reply_leader_s < first_reply_nudge_s)
    tell("", "first_reply_leader_s", "su_wrong_before");
  if (first_reply_requeue_s < first_reply_leader_s)
    tell("", "first_reply_requeue_s", "su_wrong_before");
}

/** Ids that two entries have. */
function twice(ids: readonly string[], tell: Tell): void {
  const seen = new Set<string>();
  for (const id of ids) {
    if (seen.has(id)) tell(id, "id", "su_wrong_twice", { id });
    seen.add(id);
  }
}
