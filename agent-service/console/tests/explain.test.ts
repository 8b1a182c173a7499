/** Why, in plain words: every reason and every verdict has a sentence in every language. */
import type { Candidate, TenantDirectory, Why } from "@prek/wire";
import { describe, expect, test } from "vitest";
import { candidateLine, explain } from "../src/explain";
import { INITIAL } from "../src/model";
import { CATALOGUES, isKey, type Language } from "../src/texts";
import { wording } from "../src/views/context";
import { agent, DIRECTORY } from "./sample";

type Verdict = Candidate["verdict"];

const SNOW = "topic:snow";
const directory: TenantDirectory = {
  ...DIRECTORY,
  agents: [
    agent("kari", { name: "Kari", departments: ["roads"], skills: { [SNOW]: 3 } }),
    agent("ola", { name: "Ola", departments: ["roads"], skills: { [SNOW]: 4 } }),
    agent("siri", { name: "Siri", departments: ["roads"], skills: { [SNOW]: 1 } }),
    agent("turid", { name: "Turid", departments: ["roads"] }),
  ],
};
const why = (more: Partial<Why>): Why => ({
  outcome: "waiting",
  reason: "nobody_free",
  agent: null,
  plan: "",
  step: 0,
  level: "asked",
  department: "roads",
  skills: {},
  language: "nb",
  counts: {},
  candidates: [],
  handover: null,
  ...more,
});
const seen = (id: string, verdict: Verdict, load = 0): Candidate => ({
  agent: id,
  verdict,
  load,
  capacity: 3,
});
const words = (language: Language) => wording({ ...INITIAL, directory }, language);
const said = (more: Partial<Why>, language: Language = "nb") =>
  explain(why(more), directory, words(language));
const first = (more: Partial<Why>, language: Language = "nb") => said(more, language)[0];

/** All of them: a verdict that the contracts add does not compile before it is here. */
const VERDICTS: Record<Verdict, true> = {
  eligible: true,
  missed: true,
  owner: true,
  not_asked: true,
  not_there: true,
  busy: true,
  away: true,
  forced_away: true,
  draining: true,
  full: true,
  skill: true,
  level: true,
  language: true,
  left_alone: true,
};

describe.each(["nb", "nn", "en"] as const)("in %s", (language) => {
  test.each(Object.keys(VERDICTS) as Verdict[])("what was found of an agent: %s", (verdict) => {
    const clauses = [1, 2].map((n) => said({ counts: { [verdict]: n } }, language)[1] ?? "");
    const own = CATALOGUES[language][`why_is_${verdict}`];

    expect(isKey(`why_are_${verdict}`)).toBe(true);
    expect(candidateLine(seen("kari", verdict, 2), words(language))).toContain(own);
    // Who is free needs no excuse.
    expect(clauses.every((clause) => clause.includes("1") || clause.includes("2"))).toBe(
      verdict !== "eligible",
    );
  });

  test.each([
    "nobody_free",
    "nobody_there",
    "no_staff",
    "preferred_agent_soon",
    "citizen_away",
    "closed",
    "live_first",
  ])("why it waits: %s", (reason) => {
    const sentence = first({ reason }, language) ?? "";

    expect(sentence).not.toBe(CATALOGUES[language].why_waits);
    expect(sentence).toMatch(/^\p{Lu}.*\.$/u);
  });

  test.each(["preferred_agent", "asked", "lower", "anyone", "offered"])("why it was offered: %s", (reason) => {
    const offered = { outcome: "offered", agent: "kari", skills: { [SNOW]: 3 } } as const;

    expect(first({ ...offered, reason, counts: { eligible: 2 } }, language)).toContain("Kari");
  });
});

describe("what waits", () => {
  const skills = { [SNOW]: 3 };

  test("for the only two who know it says so, and what keeps them", () => {
    const candidates = [seen("kari", "full", 3), seen("ola", "full", 3), seen("siri", "level")];
    const counts = { full: 2, level: 2 };

    expect(said({ skills, candidates, counts })).toEqual([
      "Venter fordi de eneste to med Brøyting nivå 3 har fullt: Kari og Ola.",
      "Alle som kunne svare: 2 har fullt og 2 har for lavt nivå.",
    ]);
    expect(first({ skills, candidates, counts }, "en")).toBe(
      "Waits because the only two with Brøyting level 3 are full: Kari and Ola.",
    );
  });

  test("for the only one who knows it best", () => {
    const candidates = [seen("ola", "away")];

    expect(first({ skills: { [SNOW]: 4 }, candidates })).toBe(
      "Venter fordi den eneste med Brøyting nivå 4 er borte: Ola.",
    );
  });

  test("counts a lower level, and anyone, from the step that asks for it", () => {
    const candidates = [seen("kari", "busy"), seen("ola", "busy"), seen("siri", "busy")];
    const lower = said({ skills, candidates, step: 1, level: "lower" });
    const anyone = said({ skills, candidates, step: 2, level: "anyone" });

    expect(lower).toEqual([
      "Venter fordi de eneste tre med Brøyting nivå 3 er opptatt: Kari, Ola og Siri.",
      "Nå spørres også de som kan det på et lavere nivå.",
    ]);
    expect(anyone).toEqual([
      "Venter fordi ingen i Vei er ledige.",
      "Nå spørres alle i avdelingen.",
    ]);
  });

  test("counts those whom the plan's step lets help", () => {
    const step = {
      after_s: 0,
      level: "asked",
      language: false,
      departments: ["front"],
      offer_written: false,
    } as const;
    const plan = { id: "winter", topics: ["snow"], direct: null, skills: {}, priority: 5 };
    const helped = {
      ...directory,
      agents: [...directory.agents, agent("per", { name: "Per", skills: { [SNOW]: 5 } })],
      plans: [
        { ...plan, target_s: null, route_by_suggestion: null, steps: [{ ...step, departments: ["front"] }] },
      ],
    };
    const candidates = [seen("per", "full", 3)];
    const asked = why({ skills: { [SNOW]: 5 }, candidates, plan: "winter" });
    const told = wording({ ...INITIAL, directory: helped }, "nb");

    expect(explain(asked, helped, told)[0]).toBe(
      "Venter fordi den eneste med Brøyting nivå 5 har fullt: Per.",
    );
    expect(explain({ ...asked, plan: "" }, helped, told)[0]).toBe(
      "Venter fordi ingen i Vei er ledige.",
    );
  });

  test("names nobody whose state it does not know, or where they differ", () => {
    const general = "Venter fordi ingen i Vei er ledige.";

    expect(first({ skills, candidates: [seen("kari", "full")] })).toBe(general);
    expect(first({ skills, candidates: [seen("kari", "full"), seen("ola", "away")] })).toBe(general);
    expect(explain(why({ skills }), null, words("nb"))[0]).toBe(general);
  });

  test("for a department that is not at the desk", () => {
    expect(first({ reason: "nobody_there" })).toBe("Ingen ved skranken i Vei.");
    expect(first({ reason: "nobody_there", skills })).toBe(
      "Ingen ved skranken som kan Brøyting nivå 3.",
    );
  });

  test("for a reason from the future waits for its turn", () => {
    expect(said({ reason: "full_moon" })).toEqual(["Venter på tur."]);
  });
});

describe("an offer", () => {
  const offered = (candidates: Candidate[], more: Partial<Why> = {}) =>
    first({
      outcome: "offered",
      reason: "asked",
      agent: "kari",
      candidates,
      counts: { eligible: candidates.filter(({ verdict }) => verdict === "eligible").length },
      ...more,
    });
  const others = (load: number) => ["ola", "siri", "turid"].map((id) => seen(id, "eligible", load));

  test("to who has the least to do, or has been free the longest, or fits best", () => {
    expect(offered([seen("kari", "eligible", 0), ...others(1)])).toBe(
      "Tilbudt Kari, som hadde minst å gjøre av 4 ledige.",
    );
    expect(offered([seen("kari", "eligible", 1), ...others(1)])).toBe(
      "Tilbudt Kari, som først ble ledig av dem som hadde minst å gjøre.",
    );
    expect(offered([seen("kari", "eligible", 2), ...others(0)])).toBe(
      "Tilbudt Kari, som passet best av 4 ledige.",
    );
  });

  test("to the only one there is, with or without a skill", () => {
    const alone = [seen("kari", "eligible"), seen("ola", "full", 3)];

    expect(offered(alone)).toBe("Tilbudt Kari, den eneste ledige i Vei.");
    expect(offered(alone, { skills: { [SNOW]: 1 } })).toBe(
      "Tilbudt Kari, den eneste ledige som kan Brøyting.",
    );
  });

  test("again to one who missed it, and to one who knows less of it", () => {
    expect(offered([seen("kari", "missed")])).toBe(
      "Tilbudt Kari på nytt, for ingen andre kan ta den nå.",
    );
    expect(offered([seen("kari", "eligible")], { reason: "lower", skills: { [SNOW]: 3 } })).toBe(
      "Tilbudt Kari, som kan det på et lavere nivå. Ingen ledige har Brøyting nivå 3.",
    );
  });
});
