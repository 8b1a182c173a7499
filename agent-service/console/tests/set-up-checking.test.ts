/** What is wrong with a draft, its ids, its colours, and what goes with what is taken out. */
import { expect, test } from "vitest";
import { isOrigin, problemsOf } from "../src/set_up/checking";
import { isDate } from "../src/set_up/checking-hours";
import { contrast } from "../src/set_up/contrast";
import { isId, type SetUp, slug } from "../src/set_up/document";
import { aboutOf, type Finding } from "../src/set_up/findings";
import { verdict } from "../src/set_up/outcomes";
import { AGENT, HOURS, PLAN, REPLY, STEP, TOPIC } from "../src/set_up/reading";
import { mayRemoveDepartment, withoutDepartment, withoutTopic } from "../src/set_up/removing";
import { CATALOGUES } from "../src/texts";
import { DIRECTORY } from "./sample";
import { pick, seeded } from "./world";

const GOOD: SetUp = DIRECTORY;
const wrong = (setUp: SetUp) =>
  problemsOf(setUp).map(({ part, entry, field }) => [part, entry, field]);

test("nothing is wrong with a good one", () => {
  expect(problemsOf(GOOD)).toEqual([]);
  expect(problemsOf(alerts("vakt@kommune.no", "øyvind.ås@kommune.no"))).toEqual([]);
});

const span = (opens: string, closes: string) => ({ opens, closes });
const week = (...mon: { opens: string; closes: string }[]) => ({ ...HOURS, week: { mon } });
const plan = (...steps: Partial<typeof STEP>[]) => ({
  ...GOOD,
  plans: [{ ...PLAN, id: "p", steps: steps.map((one) => ({ ...STEP, ...one })) }],
});
const look = (colour: string | null, logo: string | null = null) => ({
  ...GOOD,
  look: { colour, logo },
});
const privacy = (values: Partial<SetUp["privacy"]>) => ({
  ...GOOD,
  privacy: { ...GOOD.privacy, ...values },
});
const ALERTED = ["departments", "", "alerts-department"];
const alerts = (...department: string[]): SetUp => ({
  ...GOOD,
  alerts: { department, leader: [] },
});
const archive = (values: Partial<SetUp["archive"]>): SetUp => ({
  ...GOOD,
  archive: { ...GOOD.archive, ...values },
});
const rule = (topic: string | null, kept_days = 10, archive: "none" | "journal" = "none") =>
  ({ topic, archive, kept_days, legal_basis: "" });

test.each<[string, SetUp, string[]]>([
  [
    "a department without a name",
    { ...GOOD, departments: GOOD.departments.map((d) => ({ ...d, name: { nb: " " } })) },
    ["departments", "front", "name-nb"],
  ],
  ["a first line that is none", { ...GOOD, first_line: "gone" }, ["departments", "", "first_line"]],
  [
    "a topic of no department",
    { ...GOOD, topics: [{ ...TOPIC, id: "t", name: { nb: "T" }, department: "gone" }] },
    ["topics", "t", "department"],
  ],
  [
    "a level that is none",
    { ...GOOD, topics: GOOD.topics.map((topic) => ({ ...topic, level: 6 })) },
    ["topics", "snow", "level"],
  ],
  [
    "an agent who is two",
    { ...GOOD, agents: [...GOOD.agents, GOOD.agents[0] ?? AGENT] },
    ["agents", "kari", "id"],
  ],
  [
    "an agent without a role",
    { ...GOOD, agents: [{ ...AGENT, id: "a", name: "A", roles: [] }] },
    ["agents", "a", "roles"],
  ],
  [
    "half a conversation",
    { ...GOOD, agents: [{ ...AGENT, id: "a", name: "A", capacity: 2.5 }] },
    ["agents", "a", "capacity"],
  ],
  [
    "a number that was never written",
    { ...GOOD, agents: [{ ...AGENT, id: "a", name: "A", capacity: NaN }] },
    ["agents", "a", "capacity"],
  ],
  [
    "hours that end before they begin",
    { ...GOOD, hours: week(span("15:00", "08:00")) },
    ["hours", "", "week-mon"],
  ],
  [
    "hours that overlap",
    { ...GOOD, hours: week(span("12:00", "15:00"), span("08:00", "12:01")) },
    ["hours", "", "week-mon"],
  ],
  [
    "hours that are not written",
    { ...GOOD, hours: week(span("", "15:00")) },
    ["hours", "", "week-mon"],
  ],
  [
    "a date twice",
    {
      ...GOOD,
      hours: { ...HOURS, dated: [1, 2].map(() => ({ date: "2026-12-24", spans: [], reason: {} })) },
    },
    ["hours", "", "dated-1-date"],
  ],
  [
    "the 30th of February",
    { ...GOOD, hours: { ...HOURS, dated: [{ date: "2026-02-30", spans: [], reason: {} }] } },
    ["hours", "", "dated-0-date"],
  ],
  ["a first step that waits", plan({ after_s: 5 }), ["plans", "p", "step-0"]],
  ["steps out of order", plan({}, { after_s: 60 }, { after_s: 60 }), ["plans", "p", "step-2"]],
  [
    "a step with a higher level",
    plan({ level: "lower" }, { after_s: 60, level: "asked" }),
    ["plans", "p", "step-1"],
  ],
  [
    "a step that asks for a language",
    plan({}, { after_s: 60, language: true }),
    ["plans", "p", "step-1"],
  ],
  [
    "a step without a department of the one before",
    plan({ departments: ["roads"] }, { after_s: 60 }),
    ["plans", "p", "step-1"],
  ],
  [
    "a step that takes the written answer back",
    plan({ offer_written: true }, { after_s: 60 }),
    ["plans", "p", "step-1"],
  ],
  ["a plan without steps", plan(), ["plans", "p", "steps"]],
  [
    "a reply that says nothing",
    { ...GOOD, replies: [{ ...REPLY, id: "r", title: "R" }] },
    ["replies", "r", "text-nb"],
  ],
  [
    "a reply of 8,193 bytes",
    {
      ...GOOD,
      replies: [{ ...REPLY, id: "r", title: "R", text: { nb: `${"å".repeat(4_096)}.` } }],
    },
    ["replies", "r", "text-nb"],
  ],
  ["a colour that white is not read on", look("#ffcc00"), ["widget", "", "colour"]],
  ["a colour that is none", look("red"), ["widget", "", "colour"]],
  ["a logo that is a page", look(null, "data:text/html;base64,PGI+"), ["widget", "", "logo"]],
  [
    "a logo that is too large",
    look(null, `data:image/png;base64,${"A".repeat(24_000)}`),
    ["widget", "", "logo"],
  ],
  ["an alert to a name", alerts("v@kommune.no", "Vakt <vakt@kommune.no>"), ALERTED],
  ["an alert to two in one line", alerts("vakt@kommune.no,andre@kommune.no"), ALERTED],
  ["an alert to nowhere", alerts("vakt"), ALERTED],
  ["an alert to an address too long", alerts(`${"v".repeat(250)}@x.no`), ALERTED],
  [
    "alerts to too many",
    alerts(...Array.from({ length: 21 }, (_, n) => `vakt${n}@kommune.no`)),
    ALERTED,
  ],
  [
    "an alert of a department's leader to nowhere",
    {
      ...GOOD,
      departments: GOOD.departments.map((one) => ({
        ...one,
        alerts: { department: [], leader: one.id === "roads" ? ["leder@"] : [] },
      })),
    },
    ["departments", "roads", "alerts-leader"],
  ],
  [
    "an address with a path",
    { ...GOOD, origins: ["https://www.sarpsborg.no/"] },
    ["widget", "", "origins"],
  ],
  ["a widget without bokmål", { ...GOOD, languages: ["en"] }, ["widget", "", "languages"]],
  [
    "a policy that is not https",
    privacy({ policy_url: "http://x.no" }),
    ["privacy", "", "policy_url"],
  ],
  [
    "two rules of one topic",
    privacy({ retention: [rule(null), rule("snow"), rule(null)] }),
    ["privacy", "2", "topic"],
  ],
  [
    "an archive at no address",
    archive({ way: "http", url: "arkivet" }),
    ["archive", "", "url"],
  ],
  [
    "classes of no system",
    archive({ classes: { snow: "L42" } }),
    ["archive", "", "classification_system"],
  ],
  ["no code of shielding", archive({ shielding: { code: " ", legal_basis: "" } }), ["archive", "", "code"]],
  ["a reminder after no day", archive({ remind_days: 0 }), ["archive", "", "remind_days"]],
  ["a rule of no day", privacy({ retention: [rule(null, 0)] }), ["privacy", "0", "kept_days"]],
  ["no kind of file", { ...GOOD, files: { ...GOOD.files, types: [] } }, ["files", "", "types"]],
  [
    "a file of 11 MB",
    { ...GOOD, files: { ...GOOD.files, max_bytes: 11 * 1024 * 1024 } },
    ["files", "", "max_bytes"],
  ],
  [
    "a time that is none",
    { ...GOOD, timing: { ...GOOD.timing, offer_s: NaN } },
    ["timing", "", "offer_s"],
  ],
  [
    "a leader who is told before the agent",
    { ...GOOD, timing: { ...GOOD.timing, first_reply_leader_s: 1 } },
    ["timing", "", "first_reply_leader_s"],
  ],
  ["a word that is none", { ...GOOD, danger_words: ["kniv", " "] }, ["danger", "", "danger_words"]],
])("%s is wrong, and said at its field", (_, setUp, spot) => {
  expect(wrong(setUp)).toContainEqual(spot);
});

test("plans that only admit more are right", () => {
  const steps = plan(
    { language: true },
    { after_s: 30, level: "lower" },
    { after_s: 60, level: "anyone", departments: ["roads"], offer_written: true },
  );
  expect(wrong(steps)).toEqual([]);
});

test("every id made of a name is one, is new, and is like the name", () => {
  expect(slug("Bygg, plan & miljø", [])).toBe("bygg-plan-miljo");
  expect(slug("Åse Ærlig", [], ".")).toBe("ase.aerlig");
  expect(slug("Vann", ["vann", "vann-2"])).toBe("vann-3");
  expect(slug("日本", [])).toBe("ny");
  const chance = seeded(11);
  const letters = [..."abcæøåÉñ -_.,!/'\"0129日😀\u0301"];
  const taken: string[] = [];
  for (let n = 0; n < 2_000; n += 1) {
    const name = Array.from({ length: Math.floor(chance() * 90) }, () =>
      pick(chance, letters),
    ).join("");
    const id = slug(name, taken, n % 2 === 0 ? "-" : ".");
    expect([name, isId(id), taken.includes(id)]).toEqual([name, true, false]);
    taken.push(id);
  }
});

test("contrast is as WCAG counts it", () => {
  expect(contrast("#000000", "#ffffff")).toBeCloseTo(21, 5);
  expect(contrast("#ffffff", "#ffffff")).toBe(1);
  // The lightest grey that passes on white, and the next one that does not.
  expect(contrast("#767676", "#ffffff")).toBeGreaterThanOrEqual(4.5);
  expect(contrast("#777777", "#ffffff")).toBeLessThan(4.5);
  expect(contrast("#00594c", "#ffffff")).toBe(contrast("#ffffff", "#00594c"));
});

test("origins are as a browser writes them", () => {
  for (const good of ["https://www.sarpsborg.no", "http://127.0.0.1:8080"])
    expect(isOrigin(good)).toBe(true);
  for (const bad of [
    "www.sarpsborg.no",
    "https://x.no/",
    "https://X.no",
    "ftp://x.no",
    "https://x.no:443",
    "*",
    "",
  ]) {
    expect([bad, isOrigin(bad)]).toEqual([bad, false]);
  }
  expect(isDate("2028-02-29")).toBe(true);
  expect(isDate("2026-02-29")).toBe(false);
});

test("a department that is named stays; one that is not takes only its memberships along", () => {
  expect(mayRemoveDepartment(GOOD, "front")).toBe(false);
  expect(mayRemoveDepartment(GOOD, "roads")).toBe(false);
  const free = { ...GOOD, topics: [] };
  expect(mayRemoveDepartment(free, "roads")).toBe(true);
  expect(
    mayRemoveDepartment({ ...free, ...plan({ departments: ["roads"] }), topics: [] }, "roads"),
  ).toBe(false);
  const without = withoutDepartment(free, "roads");
  expect(without.agents.some(({ departments }) => departments.includes("roads"))).toBe(false);
  expect(problemsOf(without)).toEqual([]);
});

test("a topic goes with all that names it, and no plan becomes one for everything by that", () => {
  const named: SetUp = {
    ...GOOD,
    topics: [...GOOD.topics, { ...TOPIC, id: "salt", department: "roads", name: { nb: "Salt" } }],
    agents: [{ ...AGENT, id: "a", name: "A", skills: { "topic:snow": 3, "topic:salt": 2 } }],
    plans: [
      { ...PLAN, id: "alone", topics: ["snow"] },
      { ...PLAN, id: "both", topics: ["snow", "salt"], skills: { "topic:snow": 2 } },
      { ...PLAN, id: "usual" },
    ],
    privacy: { ...GOOD.privacy, retention: [rule("snow"), rule(null)] },
  };
  const without = withoutTopic(named, "snow");

  expect(JSON.stringify(without)).not.toContain("snow");
  expect(without.plans.map(({ id, topics }) => [id, topics])).toEqual([
    ["both", ["salt"]],
    ["usual", []],
  ]);
  expect(problemsOf(without)).toEqual([]);
});

const FINDING: Finding = {
  kind: "",
  severity: "error",
  plan: "",
  step: null,
  department: "",
  skill: "",
  level: 0,
  topic: "",
  language: "",
  message: "",
};

test("a finding leads to where it can be mended", () => {
  expect(aboutOf({ ...FINDING, kind: "skill_nobody", plan: "p", skill: "topic:x" })).toEqual([
    "plans",
    "p",
  ]);
  expect(aboutOf({ ...FINDING, kind: "department_empty", department: "d" })).toEqual([
    "departments",
    "d",
  ]);
  expect(aboutOf({ ...FINDING, kind: "direct_empty", department: "d", topic: "t" })).toEqual([
    "topics",
    "t",
  ]);
  expect(aboutOf({ ...FINDING, kind: "skill_nobody", skill: "topic:x" })).toEqual(["agents", null]);
});

test("more within target is better, more waiting is worse, and more to do is neither", () => {
  expect(verdict("within_target_share", 0.8, 0.9)).toBe("better");
  expect(verdict("mean_wait_s", 20, 40)).toBe("worse");
  expect(verdict("gave_up_share", 0.1, 0.1001)).toBe("same");
  expect(verdict("occupancy", 0.5, 0.9)).toBe("other");
  expect(verdict("p90_wait_s", null, 3)).toBe("other");
});

/** The linter's kinds, as `router.core.finding.WORDS` has them. */
const source = Object.keys(CATALOGUES.nb).filter((key) => key.startsWith("su_finding_"));

test("the holes of a finding's words are those that are filled", () => {
  const filled = ["plan", "step", "department", "skill", "topic", "language", "level", "part"];
  for (const key of source) {
    const holes = [...CATALOGUES.nb[key as keyof typeof CATALOGUES.nb].matchAll(/\{(\w+)\}/g)].map(
      ([, name]) => name,
    );
    for (const hole of holes) expect([key, filled.includes(hole ?? "")]).toEqual([key, true]);
  }
});
