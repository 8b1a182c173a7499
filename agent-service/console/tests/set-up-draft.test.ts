/** The draft of a set-up: steps back and forth, what is kept, and carrying it over another's change. */
import { expect, test } from "vitest";
import { amended, PART_NAMES, PARTS, PROPERTIES, same, type SetUp } from "../src/set_up/document";
import { carry, keep, ownOf, readKept } from "../src/set_up/carrying";
import { begin, changed, changesOf, type Draft, step, withValues } from "../src/set_up/draft";
import { agent, DIRECTORY } from "./sample";
import { type Chance, pick, seeded } from "./world";

const BASE: SetUp = DIRECTORY;
const SEEDS = Array.from({ length: 60 }, (_, seed) => seed);

/** One of many small changes. */
function tinkered(setUp: SetUp, chance: Chance): SetUp {
  const n = Math.floor(chance() * 1_000);
  const changes: readonly (() => SetUp)[] = [
    () => ({ ...setUp, name: `By ${n}` }),
    () => ({ ...setUp, timing: { ...setUp.timing, target_s: n } }),
    () => ({ ...setUp, danger_words: [...setUp.danger_words, `ord ${n}`] }),
    () => ({ ...setUp, topics: setUp.topics.map((topic) => ({ ...topic, level: 1 + (n % 5) })) }),
    () => ({ ...setUp, agents: setUp.agents.filter((_, at) => at !== n % 7) }),
    () => ({
      ...setUp,
      hours: setUp.hours === null ? { week: {}, dated: [], holidays: true, half_days: {} } : null,
    }),
  ];
  return pick(chance, changes)();
}

function edited(draft: Draft, chance: Chance, at = ""): Draft {
  return step(draft, { type: "edit", at, next: tinkered(draft.now, chance) });
}

test("every property stands on exactly one page", () => {
  const shown = PART_NAMES.flatMap((part) => PARTS[part] as readonly string[]);
  const all = Object.keys(BASE).filter(
    (name) => !["tenant", "version", "emergency"].includes(name),
  );

  expect([...shown].sort()).toEqual(all.sort());
});

test.each(SEEDS)(
  "as many steps back as there were give back what was, and forth again (%i)",
  (seed) => {
    const chance = seeded(seed);
    const states = [begin(BASE)];
    for (let n = 0; n < 1 + Math.floor(chance() * 12); n += 1) {
      const next = edited(states.at(-1) as Draft, chance);
      if (next !== states.at(-1)) states.push(next);
    }
    let draft = states.at(-1) as Draft;
    for (const before of states.slice(0, -1).reverse()) {
      draft = step(draft, { type: "undo" });
      expect(draft.now).toEqual(before.now);
    }
    expect(step(draft, { type: "undo" })).toBe(draft);
    for (const after of states.slice(1)) {
      draft = step(draft, { type: "redo" });
      expect(draft.now).toEqual(after.now);
    }
    expect(step(draft, { type: "redo" })).toBe(draft);
  },
);

test("typing a word is one step, going elsewhere is another", () => {
  const write = (draft: Draft, name: string, at: string) =>
    step(draft, { type: "edit", at, next: { ...draft.now, name } });
  const word = ["H", "Ha", "Hal"].reduce((draft, name) => write(draft, name, "name"), begin(BASE));
  const other = write(word, "Halden", "elsewhere");

  expect(word.past).toEqual([BASE]);
  expect(step(other, { type: "undo" }).now.name).toBe("Hal");
  // A step back ends the word: what is typed then is a step of its own.
  const again = write(step(other, { type: "undo" }), "Halv", "name");
  expect(step(again, { type: "undo" }).now.name).toBe("Hal");
});

test("what is the same is no step, and a new step ends what could be done again", () => {
  const draft = begin(BASE);
  expect(step(draft, { type: "edit", at: "", next: structuredClone(BASE) })).toBe(draft);

  const back = step(edited(draft, seeded(3)), { type: "undo" });
  expect(back.future).toHaveLength(1);
  expect(edited(back, seeded(4)).future).toEqual([]);
});

test("a discarded draft can be had back", () => {
  const written = edited(begin(BASE), seeded(1));
  const discarded = step(written, { type: "discard" });

  expect(discarded.now).toEqual(BASE);
  expect(step(discarded, { type: "undo" }).now).toEqual(written.now);
});

test("only so many steps are kept", () => {
  let draft = begin(BASE);
  for (let n = 0; n < 500; n += 1) {
    draft = step(draft, { type: "edit", at: "", next: { ...BASE, name: `By ${n}` } });
  }
  expect(draft.past).toHaveLength(200);
  expect(draft.past.at(-1)?.name).toBe("By 498");
});

test.each(SEEDS)("what is kept over a reload makes the same draft again (%i)", (seed) => {
  const chance = seeded(seed);
  let { now } = begin(BASE);
  for (let n = 0; n < 4; n += 1) now = tinkered(now, chance);
  const kept = readKept(keep(BASE, now));

  expect(kept === null).toBe(changed(changesOf(BASE, now)).length === 0);
  if (kept !== null) expect(carry(kept.own, BASE)).toEqual({ next: now, both: [] });
});

test("of ten thousand agents only the one that was changed is kept", () => {
  const agents = Array.from({ length: 10_000 }, (_, n) => agent(`a${n}`));
  const base = { ...BASE, agents };
  const now = { ...base, agents: amended(agents, "a777", { capacity: 5 }) };
  const text = keep(base, now) ?? "";

  expect(text.length).toBeLessThan(1_000);
  expect(carry(readKept(text)?.own ?? {}, base).next).toEqual(now);
});

test("what cannot be read is as if nothing had been kept", () => {
  const own = '{"name":{"whole":{"before":"a","after":"b"}}}';
  expect(readKept(`{"version":1,"own":${own}}`)).not.toBeNull();
  for (const text of [null, "", "{", "null", "7", "{}", `{"version":"1","own":${own}}`]) {
    expect(readKept(text)).toBeNull();
  }
});

/** What the merge of a list has to be, said one entry at a time. */
function merged(base: SetUp, mine: SetUp, theirs: SetUp, name: "agents" | "topics") {
  const of = ({ [name]: list }: SetUp, id: string) =>
    (list as { id: string }[]).find((e) => e.id === id);
  const ids = new Set([base, mine, theirs].flatMap(({ [name]: list }) => list.map(({ id }) => id)));
  const clashing: string[] = [];
  const wanted = new Map<string, unknown>();
  for (const id of ids) {
    const [b, m, t] = [of(base, id), of(mine, id), of(theirs, id)];
    const clash = !same(m, b) && !same(t, b) && !same(m, t);
    if (clash) clashing.push(id);
    const value = !clash && !same(m, b) ? m : t;
    if (value !== undefined) wanted.set(id, value);
  }
  return { clashing, wanted };
}

test.each(SEEDS)("what two have changed is merged, and neither change is lost (%i)", (seed) => {
  const chance = seeded(seed);
  const mine = tinkered(tinkered(BASE, chance), chance);
  const theirs = { ...tinkered(tinkered(BASE, chance), chance), version: 2 };
  const own = ownOf(BASE, mine);
  const { next, both } = carry(own, theirs);

  expect(next.version).toBe(2);
  for (const name of PROPERTIES) {
    if (name === "agents" || name === "topics") {
      const { clashing, wanted } = merged(BASE, mine, theirs, name);
      expect([name, both.includes(name)]).toEqual([name, clashing.length > 0]);
      expect(new Map(next[name].map((one) => [one.id, one]))).toEqual(wanted);
      continue;
    }
    const isMine = !same(mine[name], BASE[name]);
    const isTheirs = !same(theirs[name], BASE[name]);
    const clash = isMine && isTheirs && !same(mine[name], theirs[name]);
    expect([name, both.includes(name)]).toEqual([name, clash]);
    // Theirs holds until mine is chosen.
    expect(next[name]).toEqual(isMine && !clash ? mine[name] : theirs[name]);
  }
  const chosen = carry(own, theirs, both).next;
  expect(carry(ownOf(BASE, mine), chosen)).toEqual({ next: chosen, both: [] });
});

test("two who change different agents are not in each other's way", () => {
  const change = (id: string, capacity: number) => ({
    ...BASE,
    agents: amended(BASE.agents, id, { capacity }),
  });
  const { next, both } = carry(ownOf(BASE, change("kari", 5)), { ...change("ola", 7), version: 2 });

  expect(both).toEqual([]);
  expect(next.agents.map(({ capacity }) => capacity).slice(0, 3)).toEqual([5, 7, 3]);
});

test("a new order is carried over as it is", () => {
  const turned = { ...BASE, agents: [...BASE.agents].reverse() };
  expect(carry(ownOf(BASE, turned), BASE).next).toEqual(turned);
});

test("the order of keys says nothing, the order of a list does", () => {
  expect(same({ a: 1, b: [1, { c: null }] }, { b: [1, { c: null }], a: 1 })).toBe(true);
  expect(same([1, 2], [2, 1])).toBe(false);
  expect(same({ a: undefined }, { b: undefined })).toBe(false);
  expect(same(null, {})).toBe(false);
  expect(same([], {})).toBe(false);
  expect(same(NaN, NaN)).toBe(true);
  expect(withValues(BASE, { name: "X" }).name).toBe("X");
});
