/// <reference types="node" />
/** Export and import of a set-up, and what differs between two. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { difference, leaves } from "../src/set_up/difference";
import type { SetUp } from "../src/set_up/document";
import { readSetUp, Unreadable, writeSetUp } from "../src/set_up/reading";
import { isKey } from "../src/texts";
import { DIRECTORY } from "./sample";

const HOURS = {
  week: { mon: [{ opens: "08:00", closes: "15:30" }] },
  dated: [{ date: "2026-12-23", spans: [], reason: { nb: "Julebord" } }],
  holidays: true,
  half_days: { christmas_eve: [] },
};
const FULL: SetUp = {
  ...DIRECTORY,
  hours: HOURS,
  departments: DIRECTORY.departments.map((one) => ({
    ...one,
    hours: HOURS,
    alerts: { department: ["vei@x.no"], leader: ["leder@x.no"] },
  })),
  alerts: { department: ["alle@x.no"], leader: [] },
  plans: [
    {
      id: "p",
      topics: ["snow"],
      direct: true,
      skills: { "topic:snow": 2 },
      priority: 2,
      target_s: 30,
      steps: [
        {
          after_s: 0,
          level: "asked",
          language: true,
          departments: ["roads"],
          offer_written: false,
        },
      ],
      route_by_suggestion: 0.5,
    },
  ],
  replies: [
    { id: "r", department: null, title: "Hei", text: { nb: "Hei, {agent}" }, words: ["hilsen"] },
  ],
  look: { colour: "#00594c", logo: "data:image/png;base64,AAAA" },
  privacy: {
    kept_days: 30,
    policy_url: "https://x.no",
    retention: [{ topic: "snow", archive: "none", kept_days: 7, legal_basis: "art. 6" }],
  },
  danger_words: ["kniv"],
  origins: ["https://x.no"],
};

test("what was written is read as it was", () => {
  expect(readSetUp(writeSetUp(FULL), FULL)).toEqual(FULL);
  expect(readSetUp(writeSetUp(DIRECTORY), DIRECTORY)).toEqual(DIRECTORY);
});

test("tenant, version and emergency stay those of the one in force", () => {
  const emergency = {
    since: "2026-01-01T00:00:00Z",
    by: "a",
    banner: {},
    topic: null,
    borrowed: [],
  };
  const other = { ...FULL, tenant: "halden", version: 99, emergency };
  const read = readSetUp(writeSetUp(other), DIRECTORY);

  expect(read).toEqual({ ...FULL, tenant: "sarpsborg", version: 1, emergency: null });
});

test("what a file leaves out is as usual in an entry, and as it was for a whole property", () => {
  const read = readSetUp('{"agents":[{"id":"a","name":"A"}],"timing":{"offer_s":45}}', FULL);

  expect(read.agents).toEqual([
    {
      id: "a",
      name: "A",
      departments: [],
      roles: ["agent"],
      skills: {},
      languages: ["nb"],
      capacity: 3,
    },
  ]);
  expect(read.timing).toEqual({ ...FULL.timing, offer_s: 45 });
  expect(read.topics).toEqual(FULL.topics);
});

test.each([
  ["", "JSON"],
  ["[]", "JSON"],
  ["{}", "JSON"],
  ['{"tenant":"x"}', "JSON"],
  ['{"nonsense":1}', "nonsense"],
  ['{"agents":{}}', "agents"],
  ['{"agents":[{"id":"a","capasity":2}]}', "agents[0].capasity"],
  ['{"agents":[{"id":"a","departments":"front"}]}', "agents[0].departments"],
  ['{"plans":[{"steps":[{"after_s":"0"}]}]}', "plans[0].steps[0].after_s"],
  ['{"hours":{"week":{"mon":[{"opens":8}]}}}', "hours.week.mon[0].opens"],
  ['{"look":null}', "look"],
  ['{"name":7}', "name"],
])("a file with %s is refused, and it is said where", (text, where) => {
  expect(() => readSetUp(text, FULL)).toThrowError(new Unreadable(where));
});

test("the demonstration's own file, without its staff, is read", () => {
  const path = "../../src/agent_service/demo/municipality.json";
  const { staff: _, ...demo } = JSON.parse(
    readFileSync(join(import.meta.dirname, path), "utf8"),
  ) as Record<string, unknown>;
  const read = readSetUp(JSON.stringify(demo), DIRECTORY);

  expect(read.topics.length).toBeGreaterThan(10);
  expect(
    read.plans.every(({ steps }) => steps.every(({ departments }) => Array.isArray(departments))),
  ).toBe(true);
});

test("entries are told apart by their ids: added, removed, changed, or only moved", () => {
  const [a, b, c] = ["a", "b", "c"].map((id) => ({ id, name: { nb: id }, words: ["x"] }));
  const changed = { ...b, name: { nb: "b", nn: "be" }, words: ["x", "y"] };

  expect(difference([a, b], [changed, c])).toEqual([
    { kind: "added", id: "c", value: c },
    { kind: "removed", id: "a", value: a },
    {
      kind: "changed",
      id: "b",
      leaves: [
        { path: ["name", "nn"], before: undefined, after: "be" },
        { path: ["words"], before: "x", after: "x, y" },
      ],
    },
  ]);
  expect(difference([a, b], [b, a])).toEqual([{ kind: "order", id: "" }]);
  expect(difference([a], [a])).toEqual([]);
});

test("what is no list of entries is told leaf by leaf", () => {
  expect(difference({ offer_s: 30, nudge_s: 60 }, { offer_s: 45, nudge_s: 60 })).toEqual([
    { kind: "changed", id: "", leaves: [{ path: ["offer_s"], before: "30", after: "45" }] },
  ]);
  expect(difference(["a"], ["a", "b"])).toEqual([
    { kind: "changed", id: "", leaves: [{ path: [], before: "a", after: "a, b" }] },
  ]);
  expect(leaves(null, { colour: "#000000" })).toEqual([
    { path: ["colour"], before: undefined, after: "#000000" },
  ]);
  expect(leaves({}, null)).toEqual([{ path: [], before: "", after: "–" }]);
  const [early, late] = [
    [{ opens: "08:00", closes: "12:00" }],
    [{ opens: "13:00", closes: "15:30" }],
  ];
  const [was, is] = [
    { week: { fri: early, mon: early } },
    { week: { fri: [], mon: [...early, ...late], sun: late } },
  ];
  expect(leaves(was, is)).toEqual([
    { path: ["week", "mon"], before: "08:00–12:00", after: "08:00–12:00, 13:00–15:30" },
    { path: ["week", "fri"], before: "08:00–12:00", after: "" },
    { path: ["week", "sun"], before: undefined, after: "13:00–15:30" },
  ]);
  // Whatever differs, there is something to read.
  expect(leaves({ week: {} }, { week: { mon: [] } })).not.toEqual([]);
});

test("every kind of finding the linter has, has words here", () => {
  const path = "../../../router/src/router/core/finding.py";
  const text = readFileSync(join(import.meta.dirname, path), "utf8");
  const kinds = [...text.slice(text.indexOf("WORDS:")).matchAll(/^ {4}"(\w+)":/gm)].map(
    ([, kind]) => kind,
  );

  expect(kinds.length).toBeGreaterThan(15);
  for (const kind of kinds) expect([kind, isKey(`su_finding_${kind}`)]).toEqual([kind, true]);
});
