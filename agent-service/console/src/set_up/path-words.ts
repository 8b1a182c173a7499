/** What the fields of a set-up are called where a difference names them. */
import { isKey, type Key } from "../texts";
import type { Editing } from "./editing";

type Words = Editing["t"];

/** A long text, such as a logo's, is cut: what it is can be seen elsewhere. */
const LONGEST = 160;

/** By the name in the document; the pages call them the same. */
const CALLED: Readonly<Record<string, Key>> = {
  name: "su_name",
  title: "su_reply_title",
  text: "su_reply_text",
  confidential: "su_confidential",
  alerts: "su_property_alerts",
  leader: "su_role_leader",
  hours: "su_hours",
  department: "su_property_departments",
  departments: "su_property_departments",
  topic: "su_retention_topic",
  topics: "su_plan_topics",
  direct: "su_direct",
  level: "su_level",
  words: "su_words",
  roles: "su_roles",
  skills: "su_agent_skills",
  languages: "su_agent_languages",
  language: "su_step_language",
  capacity: "su_capacity",
  priority: "su_band",
  steps: "su_steps",
  after_s: "su_step_after",
  offer_written: "su_step_written",
  route_by_suggestion: "su_by_suggestion",
  holidays: "su_holidays",
  half_days: "su_half_days",
  dated: "su_dated",
  date: "su_date",
  reason: "su_dated_reason",
  colour: "su_colour",
  logo: "su_logo",
  kept_days: "su_kept_days",
  policy_url: "su_policy",
  retention: "su_retention",
  legal_basis: "su_retention_basis",
  allowed: "su_files_allowed",
  max_bytes: "su_bytes",
  types: "su_files_types",
  week: "su_week",
  spans: "su_open_hours",
};

/** One part of the way to a value; what has no words, such as an id, is itself. */
export function pathWords(name: string, t: Words): string {
  const called = Object.hasOwn(CALLED, name) ? CALLED[name] : undefined;
  if (called !== undefined) return t(called);
  const time = `su_time_${name}`;
  // The document has seconds, whatever unit the page has.
  if (isKey(time)) return `${t(time)} (${t(name.endsWith("_s") ? "su_unit_s" : "su_unit_days")})`;
  const keys = [`su_day_${name}`, `su_half_${name}`, `lang_${name}`];
  const key = keys.find(isKey);
  return key === undefined ? name : t(key);
}

/** A value as people read it. */
export function valueWords(value: string, t: Words): string {
  if (value === "") return t("su_diff_empty");
  if (value === "true") return t("su_yes");
  if (value === "false") return t("su_no");
  return value.length > LONGEST ? `${value.slice(0, LONGEST)} …` : value;
}
