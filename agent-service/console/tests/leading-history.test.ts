/** The history: periods, parts, scales and the file, against the plainest way of saying them. */
import { describe, expect, test } from "vitest";
import { csv } from "../src/leading/csv";
import {
  COLUMNS,
  type Figures,
  gotAnswer,
  parts,
  sheet,
  spans,
  withinShare,
} from "../src/leading/figures";
import { chosen, fault, MOST_DAYS, plusDays, today } from "../src/leading/period";
import { nameEvery, scale, stacked } from "../src/leading/scale";
import { type Chance, pick, seeded } from "./world";

const SEEDS = Array.from({ length: 80 }, (_, n) => n);
const whole = (chance: Chance, below: number) => Math.floor(chance() * below);
const NONE: Figures = {
  opened: 0,
  answered: 0,
  within_target: 0,
  left: 0,
  written: 0,
  handed_over: 0,
  wait_median_s: null,
  wait_p90_s: null,
  handle_median_s: null,
  rated_yes: 0,
  rated_partly: 0,
  rated_no: 0,
};

describe("the period", () => {
  test("is of Norwegian days, whatever the browser's clock is set to", () => {
    expect(today(Date.parse("2026-11-24T22:59:59Z"))).toBe("2026-11-24");
    expect(today(Date.parse("2026-11-24T23:00:00Z"))).toBe("2026-11-25");
    expect(today(Date.parse("2026-06-30T22:00:00Z"))).toBe("2026-07-01");
  });

  test("of seven and thirty days has today as its last; the year begins in January", () => {
    const now = Date.parse("2026-03-03T12:00:00Z");

    expect(chosen("week", now)).toEqual({ from: "2026-02-25", to: "2026-03-03" });
    expect(chosen("month", now)).toEqual({ from: "2026-02-02", to: "2026-03-03" });
    expect(chosen("year", now)).toEqual({ from: "2026-01-01", to: "2026-03-03" });
  });

  test("days follow each other over summer time and leap years", () => {
    expect(plusDays("2026-03-28", 2)).toBe("2026-03-30");
    expect(plusDays("2028-02-28", 1)).toBe("2028-02-29");
    expect(plusDays("2026-01-01", -1)).toBe("2025-12-31");
  });

  test.each([
    ["", "2026-01-01", "missing"],
    ["2026-02-30", "2026-03-01", "missing"],
    ["2026-1-1", "2026-03-01", "missing"],
    ["2026-03-02", "2026-03-01", "backwards"],
    ["2026-03-01", "2026-03-01", null],
    ["2025-01-01", plusDays("2025-01-01", MOST_DAYS - 1), null],
    ["2025-01-01", plusDays("2025-01-01", MOST_DAYS), "long"],
  ] as const)("from %s to %s is %s", (from, to, wrong) => {
    expect(fault({ from, to })).toBe(wrong);
  });
});

describe("the figures", () => {
  test.each(SEEDS)("parts are together what was opened (%i)", (seed) => {
    const chance = seeded(seed);
    const opened = whole(chance, 500);
    const answered = whole(chance, opened + 1);
    const left = whole(chance, opened - answered + 1);
    const made = parts({ ...NONE, opened, answered, left });

    expect(made.answered + made.left + made.rest).toBe(opened);
    expect(Math.min(...Object.values(made))).toBeGreaterThanOrEqual(0);
  });

  test("shares of nothing are none, and not zero", () => {
    expect([withinShare(NONE), gotAnswer(NONE)]).toEqual([null, null]);
    expect(withinShare({ ...NONE, answered: 4, within_target: 3 })).toBe(0.75);
    expect(gotAnswer({ ...NONE, rated_yes: 2, rated_partly: 1, rated_no: 1 })).toBe(0.75);
  });

  test.each(SEEDS)("a time in hours, minutes and seconds is the same time (%i)", (seed) => {
    const all = whole(seeded(seed), 100_000) + 0.4;
    const { hours, minutes, seconds } = spans(all);

    expect(hours * 3600 + minutes * 60 + seconds).toBe(Math.floor(all));
    expect(minutes).toBeLessThan(60);
    expect(seconds).toBeLessThan(60);
  });
});

describe("the scale", () => {
  test.each(SEEDS)("holds the greatest value, with few whole lines (%i)", (seed) => {
    const chance = seeded(seed);
    const most = whole(chance, 10 ** whole(chance, 7));
    const { ticks, top } = scale(most);

    expect(top).toBeGreaterThanOrEqual(most);
    expect(ticks.length).toBeLessThanOrEqual(6);
    expect(ticks[0]).toBe(0);
    expect(ticks.at(-1)).toBe(top);
    expect(ticks.every(Number.isInteger)).toBe(true);
    // No more than half of the room is empty.
    if (most > 1) expect(top).toBeLessThanOrEqual(2 * most);
  });

  test.each(SEEDS)("bars lie end to end and are as long as their values (%i)", (seed) => {
    const chance = seeded(seed);
    const values = [0, 1, 2].map(() => whole(chance, 50));
    const sum = values.reduce((a, b) => a + b, 0);
    const of = scale(sum);
    const bars = stacked(values, of, 200);
    let end = 0;
    for (const [n, { start, size }] of bars.entries()) {
      expect(start).toBeCloseTo(end);
      expect(size).toBeCloseTo(((values[n] ?? 0) / of.top) * 200);
      end = start + size;
    }
    expect(end).toBeLessThanOrEqual(200 + 1e-9);
  });

  test("names are left out only where there is no room", () => {
    expect([nameEvery(7, 12), nameEvery(24, 12), nameEvery(366, 12)]).toEqual([1, 2, 31]);
  });
});

describe("the file", () => {
  /** RFC 4180 read back, with semicolons. */
  function read(text: string): string[][] {
    const rows: string[][] = [];
    let [row, cell, quoted, at] = [[] as string[], "", false, 1];
    for (; at < text.length; at += 1) {
      const letter = text[at] ?? "";
      if (quoted) {
        if (letter !== '"') cell += letter;
        else if (text[at + 1] === '"') (cell += '"'), (at += 1);
        else quoted = false;
      } else if (letter === '"') quoted = true;
      else if (letter === ";") row.push(cell), (cell = "");
      else if (letter === "\r" && text[at + 1] === "\n") {
        rows.push([...row, cell]);
        [row, cell] = [[], ""];
        at += 1;
      } else cell += letter;
    }
    return rows;
  }

  const LETTERS = ['"', ";", "\r", "\n", "=", "+", "-", "@", "'", ",", "å", " ", "a", "\t"];

  test.each(SEEDS)("is read back as it was, and holds no formula (%i)", (seed) => {
    const chance = seeded(seed);
    const word = () => Array.from({ length: whole(chance, 6) }, () => pick(chance, LETTERS)).join("");
    const rows = Array.from({ length: 3 }, () => [word(), word(), word()]);
    const back = read(csv(rows));
    const plain = (all: string[][]) =>
      all.map((row) => row.map((cell) => cell.replace(/^'(?=[=+\-@\t\r])/, "")));

    expect(plain(back)).toEqual(plain(rows));
    for (const cell of back.flat()) expect(cell).not.toMatch(/^[=+\-@\t\r]/);
  });

  test("says that it is UTF-8, has a decimal comma and leaves out what was not measured", () => {
    expect(csv([["Ås", 1.5, null], ["=1+1", 0, "a;b"]])).toBe('\uFEFFÅs;1,5;\r\n\'=1+1;0;"a;b"\r\n');
  });

  test("has all together first, then a line a bar", () => {
    const statistics = {
      from: "2026-01-01",
      to: "2026-01-07",
      totals: { ...NONE, opened: 3, wait_p90_s: 0.25520879999999996 },
      by_hour: [],
      by_day: [],
      by_weekday: [],
      by_topic: [],
      by_department: [],
    };
    const rows = [{ name: "mandag", figures: { ...NONE, opened: 2 } }];
    const made = sheet(statistics, ["fra"], [{ name: "ukedag", rows }], "alle");

    expect(made.map((row) => row.slice(0, 5))).toEqual([
      ["fra"],
      ["2026-01-01", "2026-01-07", "alle", "alle", 3],
      ["2026-01-01", "2026-01-07", "ukedag", "mandag", 2],
    ]);
    expect(made[1]).toHaveLength(4 + COLUMNS.length);
    expect(made[1]?.[4 + COLUMNS.indexOf("wait_p90_s")]).toBe(0.3);
  });
});
