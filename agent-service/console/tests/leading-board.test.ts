/** The leaders' board: sums, order and who is free agree with the plainest way of finding them. */
import { describe, expect, test } from "vitest";
import { foldSummary } from "../src/board";
import {
  ableFor,
  byColumn,
  byUrgency,
  doing,
  freePlaces,
  keptOrder,
  ledConversations,
  type Line,
  longestWait,
  mayMove,
  mayWhisper,
  overTarget,
  type Seat,
  share,
  type Sorting,
  totals,
} from "../src/leading/board-model";
import { emptyBoard, INITIAL, type State } from "../src/model";
import type { Led } from "../src/rights";
import { AT, agent, DIRECTORY, NOW, owned, summary } from "./sample";
import { type Chance, pick, seeded, shuffled } from "./world";

const SEEDS = Array.from({ length: 60 }, (_, n) => n);
const whole = (chance: Chance, below: number) => Math.floor(chance() * below);
const ago = (ms: number) => new Date(AT - ms).toISOString();

const aLine = (chance: Chance, department: string): Line => {
  const answered = whole(chance, 30);
  const waiting = whole(chance, 4);
  return {
    department,
    waiting,
    oldest_entered_at: waiting === 0 ? null : ago(whole(chance, 200_000)),
    active: whole(chance, 9),
    written: whole(chance, 9),
    overdue: whole(chance, 3),
    alarms: whole(chance, 2),
    answered,
    within_target: whole(chance, answered + 1),
  };
};
const lines = (chance: Chance) =>
  Array.from({ length: whole(chance, 8) }, (_, n) => aLine(chance, `d${n}`));
const seat = (id: string, more: Partial<Seat> = {}): Seat => ({
  agent: id,
  presence: "available",
  reason: "",
  misses: 0,
  changed_at: NOW,
  load: 0,
  capacity: 3,
  departments: ["front"],
  ...more,
});

describe("the figures", () => {
  test.each(SEEDS)("of all lines are what counting them one by one gives (%i)", (seed) => {
    const chance = seeded(seed);
    const all = lines(chance);
    const sum = totals(all);
    let [waiting, within, answered, oldest] = [0, 0, 0, Number.POSITIVE_INFINITY];
    for (const line of all) {
      waiting += line.waiting;
      within += line.within_target;
      answered += line.answered;
      if (line.oldest_entered_at !== null) {
        oldest = Math.min(oldest, Date.parse(line.oldest_entered_at));
      }
    }

    expect([sum.waiting, sum.within_target, sum.answered]).toEqual([waiting, within, answered]);
    expect(longestWait(sum, AT)).toBe(oldest === Number.POSITIVE_INFINITY ? null : AT - oldest);
    expect(share(sum.within_target, sum.answered)).toBe(answered === 0 ? null : within / answered);
  });

  test("the longest wait grows by the second between two answers, and is never below zero", () => {
    const line = { oldest_entered_at: ago(5_000) };

    expect(longestWait(line, AT + 1_000)).toBe(6_000);
    expect(longestWait(line, AT - 60_000)).toBe(0);
  });

  test.each(SEEDS)("a line is over target just when somebody waits longer than it (%i)", (seed) => {
    const chance = seeded(seed);
    const all = lines(chance);
    const over = new Set(overTarget(all, 60, AT));
    for (const { department, oldest_entered_at: oldest } of all) {
      const late = oldest !== null && AT - Date.parse(oldest) > 60_000;
      expect([department, over.has(department)]).toEqual([department, late]);
    }
  });
});

describe("the order", () => {
  const columns = ["department", "waiting", "longest", "share", "active", "written", "alarms"] as const;

  test.each(SEEDS)("by a column is one order, whichever way the lines came (%i)", (seed) => {
    const chance = seeded(seed);
    const all = lines(chance);
    const sorting: Sorting = { column: pick(chance, columns), descending: chance() < 0.5 };
    const compare = byColumn(sorting, (id) => id);
    const sorted = [...all].sort(compare);

    expect(shuffled(chance, all).sort(compare)).toEqual(sorted);
  });

  test.each(["waiting", "active", "written", "alarms"] as const)(
    "by %s has the most first or last, as asked",
    (column) => {
      for (const seed of SEEDS) {
        const all = lines(seeded(seed));
        for (const descending of [true, false]) {
          const sorted = [...all].sort(byColumn({ column, descending }, (id) => id));
          const counts = sorted.map((line) => line[column]);
          const naive = [...counts].sort((a, b) => (descending ? b - a : a - b));
          expect(counts).toEqual(naive);
        }
      }
    },
  );

  test("by the longest wait has the earliest first, and those without anybody last", () => {
    const chance = seeded(1);
    const at = (department: string, oldest: string | null) => ({
      ...aLine(chance, department),
      oldest_entered_at: oldest,
    });
    const all = [at("none", null), at("short", ago(1_000)), at("long", ago(90_000))];
    const compare = byColumn({ column: "longest", descending: true }, (id) => id);

    expect(all.sort(compare).map(({ department }) => department)).toEqual(["long", "short", "none"]);
  });

  test.each(SEEDS)("moves no row that stays, and shows every row once (%i)", (seed) => {
    const chance = seeded(seed);
    const before = shuffled(chance, ["a", "b", "c", "d", "e", "f"]).slice(0, whole(chance, 7));
    const now = shuffled(chance, ["a", "b", "c", "d", "e", "f"]).slice(0, whole(chance, 7));
    const compare = (a: string, b: string) => (a < b ? -1 : 1);
    const order = keptOrder(before, now, (id) => id, compare);

    expect([...order].sort()).toEqual([...now].sort());
    const stayed = (ids: readonly string[]) =>
      ids.filter((id) => before.includes(id) && now.includes(id));
    expect(stayed(order)).toEqual(stayed(before));
  });

  test("without anything on screen yet is the order asked for", () => {
    const compare = (a: string, b: string) => (a < b ? -1 : 1);

    expect(keptOrder([], ["c", "a", "b"], (id) => id, compare)).toEqual(["a", "b", "c"]);
    expect(keptOrder(["c", "a"], ["a", "b", "c"], (id) => id, compare)).toEqual(["b", "c", "a"]);
  });
});

describe("who is free for what", () => {
  const directory = {
    topics: [{ ...DIRECTORY.topics[0]!, level: 3 }],
    agents: [
      agent("expert", { skills: { "topic:snow": 4 } }),
      agent("novice", { skills: { "topic:snow": 1 } }),
      agent("full", { skills: { "topic:snow": 5 } }),
      agent("away", { skills: { "topic:snow": 5 } }),
      agent("member"),
      agent("stranger", { skills: { "topic:parking": 5 } }),
    ],
  };
  const seats = [
    seat("stranger"),
    seat("member", { departments: ["roads"] }),
    seat("away", { presence: "away" }),
    seat("full", { load: 3 }),
    seat("novice"),
    seat("expert", { load: 2 }),
  ];

  test("the free come first, by how well they know it; others do not know it at all", () => {
    const able = ableFor("snow", seats, directory);

    expect(able.map(({ seat: { agent: id }, knows, free }) => [id, knows, free])).toEqual([
      ["expert", "asked", 1],
      ["novice", "lower", 3],
      ["member", "member", 3],
      ["away", "asked", 0],
      ["full", "asked", 0],
    ]);
    expect(ableFor("gone", seats, directory)).toEqual([]);
  });

  test.each(["busy", "away", "forced_away", "draining", "offline", null] as const)(
    "whoever is %s has no free place",
    (presence) => {
      expect(freePlaces(seat("kari", { presence }))).toBe(0);
    },
  );

  test("more than a lowered capacity is no free place", () => {
    expect(freePlaces(seat("kari", { load: 3, capacity: 2 }))).toBe(0);
  });
});

describe("the conversations", () => {
  test("are those of what one leads that are not over", () => {
    const known = [
      summary("1"),
      summary("2", { department: "roads" }),
      owned("3"),
      summary("4", { state: "closed" }),
    ];

    expect(ledConversations(known, ["front"]).map(({ conversation: id }) => id)).toEqual(["1", "3"]);
    expect(ledConversations(known, "all").map(({ conversation: id }) => id)).toEqual(["1", "2", "3"]);
    expect(ledConversations(known, [])).toEqual([]);
  });

  test("stand with alarms first, then who waits, the active and the written", () => {
    const due_at = "2026-11-24T12:00:00Z";
    const rows = [
      summary("w", { state: "written", due_at, entered_at: ago(900_000) }),
      summary("due", { state: "written", due_at: "2026-11-24T11:00:00Z" }),
      owned("a"),
      // Back in line at its old place: it was opened long before.
      summary("new", { opened_at: ago(900_000) }),
      summary("late", { entered_at: ago(60_000) }),
      owned("alarm", { alarm: "threat" }),
    ];

    expect(rows.sort(byUrgency).map(({ conversation: id }) => id)).toEqual([
      "alarm",
      "late",
      "new",
      "a",
      "due",
      "w",
    ]);
    expect(rows.map(doing)).toEqual([
      "active",
      "waiting",
      "waiting",
      "active",
      "written",
      "written",
    ]);
  });

  describe("of a leader of the front, and of a supervisor", () => {
    const [front, roads] = DIRECTORY.departments;
    const walled = {
      ...DIRECTORY,
      departments: [front!, { ...roads!, confidential: true }],
    };
    const seat = (me: string, led: Led): State => ({
      ...INITIAL,
      directory: walled,
      board: emptyBoard(me, led),
    });
    const leader = seat("turid", ["front"]);
    const supervisor = seat("vera", "all");
    const offer = { id: "o", agent: "kari", deadline: NOW, handover: null };

    test("are moved while nobody has them", () => {
      expect(mayMove(summary("1"), leader)).toBe(true);
      expect(mayMove(summary("1", { state: "offered", offer }), leader)).toBe(true);
      expect(mayMove(owned("1"), leader)).toBe(false);
      expect(mayMove(summary("1", { department: "roads" }), leader)).toBe(false);
    });

    test("are whispered about while somebody else has them", () => {
      expect(mayWhisper(owned("1"), leader)).toBe(true);
      expect(mayWhisper(owned("1", { owner: "turid" }), leader)).toBe(false);
      expect(mayWhisper(summary("1"), leader)).toBe(false);
    });

    test("are left alone behind a wall", () => {
      expect(mayMove(summary("1"), supervisor)).toBe(true);
      expect(mayMove(summary("1", { department: "roads" }), supervisor)).toBe(false);
      expect(mayWhisper(owned("1", { department: "roads" }), supervisor)).toBe(false);
    });
  });

  test("leave the board's state with the department that one does not lead", () => {
    const board = { ...emptyBoard("turid", ["front"]), departments: ["front"] };
    const before = foldSummary(board, summary("1"));
    const moved = foldSummary(before, summary("1", { version: 2, department: "roads" }));

    expect(Object.keys(before.known)).toEqual(["1"]);
    expect(Object.keys(moved.known)).toEqual([]);
  });
});
