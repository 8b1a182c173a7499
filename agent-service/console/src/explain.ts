/** Why the routing did as it did, in plain words: pure functions of its reasons and the set-up. */
import type { AgentProfile, Candidate, TenantDirectory, Why } from "@prek/wire";
import { isKey, type Key, type Params } from "./texts";

/** The words of one language, and names by id. */
export interface Wording {
  readonly t: (key: Key, params?: Params) => string;
  readonly department: (id: string) => string;
  readonly topic: (id: string | null) => string;
  readonly agent: (id: string) => string;
}

/** So few can be named and counted at a glance. */
const MOST_NAMED = 3;
/** Where a skill is knowing a topic: `topic:<id>`. */
const TOPIC = "topic:";
/** From this level on it is worth telling. */
const TOLD_FROM_LEVEL = 2;

/** The sentences, the most telling first. A newer desk's reason gets the general ones. */
export function explain(
  why: Why,
  directory: TenantDirectory | null,
  words: Wording,
): readonly string[] {
  const first = why.outcome === "offered" ? offered(why, words) : waiting(why, directory, words);
  return [first, step(why, words), others(why, words)].filter((sentence) => sentence !== "");
}

/** One agent of a decision: how they were found, and how much they had. */
export function candidateLine(candidate: Candidate, words: Wording): string {
  const { verdict, load, capacity } = candidate;
  return `${words.t("load", { n: load, max: capacity })} · ${is(verdict, 1, words)}`;
}

function offered(why: Why, words: Wording): string {
  const { t } = words;
  const params = {
    name: words.agent(why.agent ?? ""),
    skills: skillsOf(why, words),
    department: words.department(why.department),
    n: able(why),
  };
  const plain = params.skills === "";
  const again = why.candidates.some(
    ({ agent, verdict }) => agent === why.agent && verdict === "missed",
  );
  switch (codeOf(why)) {
    case "offered":
      // Asked about while the offer stands: its place is taken, and the counts are of who is left.
      return t("why_offered_pending", params);
    case "preferred_agent":
      return t("why_offered_preferred", params);
    case "lower":
      return t(plain ? "why_offered" : "why_offered_lower", params);
    case "anyone":
      return t(plain ? "why_offered" : "why_offered_anyone", params);
    default:
      if (again) return t("why_offered_again", params);
      if (params.n === 1) return t(plain ? "why_offered_only" : "why_offered_only_skilled", params);
      return t(best(why), params);
  }
}

/** The reason's code; what follows a `;` is for logs. */
function codeOf({ reason }: Why): string {
  return reason.split(";")[0] ?? "";
}

/** How many could have had it, the chosen one among them. */
function able({ counts }: Why): number {
  return Math.max(1, counts.eligible ?? 0);
}

/** What set the chosen one apart, as far as the candidates told of show it. */
function best(why: Why): Key {
  const chosen = why.candidates.find(({ agent }) => agent === why.agent);
  const rivals = why.candidates.filter(
    ({ agent, verdict }) => verdict === "eligible" && agent !== why.agent,
  );
  if (chosen === undefined || rivals.length === 0) return "why_offered";
  const least = Math.min(...rivals.map(({ load }) => load));
  if (chosen.load < least) return "why_offered_least";
  return chosen.load === least ? "why_offered_longest" : "why_offered_fits";
}

function waiting(why: Why, directory: TenantDirectory | null, words: Wording): string {
  const { t } = words;
  const params = { department: words.department(why.department), skills: skillsOf(why, words) };
  switch (codeOf(why)) {
    case "nobody_there":
      return t(params.skills === "" ? "why_nobody_there" : "why_nobody_there_skilled", params);
    case "no_staff":
      return t(params.skills === "" ? "why_no_staff" : "why_no_staff_skilled", params);
    case "preferred_agent_soon":
      return t("why_preferred_soon", { name: words.agent(why.agent ?? "") });
    case "citizen_away":
      return t("why_citizen_away");
    case "closed":
      return t("why_closed", params);
    case "live_first":
      return t("why_live_first");
    case "nobody_free":
      return theOnly(why, directory, words) ?? t("why_nobody_free", params);
    default:
      return t("why_waits");
  }
}

/** "Waits because the only two who know it are full", where they are so few. */
function theOnly(why: Why, directory: TenantDirectory | null, words: Wording): string | null {
  const skilled = staff(why, directory).filter((agent) => meets(agent, why));
  const skills = skillsOf(why, words);
  if (skills === "" || skilled.length === 0 || skilled.length > MOST_NAMED) return null;
  const verdicts = skilled.map(
    ({ id }) => why.candidates.find(({ agent }) => agent === id)?.verdict ?? null,
  );
  const [verdict = null] = verdicts;
  if (verdict === null || verdicts.some((other) => other !== verdict)) return null;
  const n = skilled.length;
  const names = joined(skilled.map(({ id }) => words.agent(id)), words);
  const key = n === 1 ? "why_only_one" : n === 2 ? "why_only_two" : "why_only_three";
  return words.t(key, { skills, names, are: is(verdict, n, words) });
}

/** Members of its department, and of those the plan's step lets help. */
function staff(why: Why, directory: TenantDirectory | null): readonly AgentProfile[] {
  const plan = directory?.plans.find(({ id }) => id === why.plan);
  const asked = new Set([why.department, ...(plan?.steps[why.step]?.departments ?? [])]);
  const agents = directory?.agents ?? [];
  return agents.filter(({ departments }) => departments.some((id) => asked.has(id)));
}

/** Whether an agent meets what the step that held asks for. */
function meets({ skills }: AgentProfile, { skills: asked, level }: Why): boolean {
  return Object.entries(asked).every(([skill, least]) => {
    const has = skills[skill] ?? 0;
    return level === "asked" || level === "" ? has >= least : level === "anyone" || has > 0;
  });
}

/** How far the demand has been relaxed. */
function step(why: Why, { t }: Wording): string {
  if (why.outcome === "offered" || why.step === 0) return "";
  if (why.level === "lower") return t("why_step_lower");
  return why.level === "anyone" ? t("why_step_anyone") : "";
}

/** Everybody who was looked at, by what was found of them: "2 have no free place, 1 is away". */
function others({ counts, outcome }: Why, words: Wording): string {
  const found = Object.entries(counts)
    .filter(([verdict, n]) => n > 0 && verdict !== "eligible")
    .sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
    .map(([verdict, n]) => `${n} ${is(verdict, n, words)}`);
  if (found.length === 0) return "";
  const key = outcome === "offered" ? "why_the_others" : "why_everybody";
  return words.t(key, { found: joined(found, words) });
}

/** What was found of one agent or several, as a clause after a name or a number. */
function is(verdict: string, n: number, { t }: Wording): string {
  const key = n === 1 ? `why_is_${verdict}` : `why_are_${verdict}`;
  return isKey(key) ? t(key) : verdict;
}

function skillsOf({ skills }: Why, words: Wording): string {
  const told = Object.entries(skills).map(([skill, level]) => {
    const name = skill.startsWith(TOPIC) ? words.topic(skill.slice(TOPIC.length)) : skill;
    return level < TOLD_FROM_LEVEL ? name : words.t("why_skill_level", { skill: name, n: level });
  });
  return joined(told, words);
}

/** "a, b and c". */
function joined(items: readonly string[], { t }: Wording): string {
  const last = items.at(-1) ?? "";
  return items.length < 2 ? last : `${items.slice(0, -1).join(", ")} ${t("and")} ${last}`;
}
