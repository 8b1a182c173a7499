/** The numbers: months, years, the shift between channels, and the file. */
import { describe, expect, test } from "vitest";
import type { ChannelMonth, Counted, Numbers } from "../src/numbers/asking";
import { atFirstLine, byYear, covered, FIGURES, shift, sheet, spans, typed } from "../src/numbers/model";
import { chosen, count, fault, MOST_MONTHS, plusMonths } from "../src/numbers/months";
import { pick, seeded } from "./world";

const SEEDS = Array.from({ length: 60 }, (_, n) => n);
const NONE = {
  ...Object.fromEntries(FIGURES.map((name) => [name, name.endsWith("_s") ? null : 0])),
} as unknown as Counted;

function numbers(from: string, to: string, channels: readonly ChannelMonth[] = [], each = 1): Numbers {
  const months = Array.from({ length: count({ from, to }) }, (_, n) => plusMonths(from, n));
  return {
    from,
    to,
    counted_at: null,
    target_s: 60,
    totals: NONE,
    by_month: months.map((month) => ({ ...NONE, month, opened: each })),
    by_department: [],
    by_hour: [],
    by_topic: [],
    by_language: [],
    handed_to: [],
    channels,
    sources: [],
    may_enter: false,
  };
}

/** Calls of every month of a year, so many in all. */
function calls(year: number, all: number): ChannelMonth[] {
  return Array.from({ length: 12 }, (_, n) => ({
    month: plusMonths(`${year}-01`, n),
    phone: n === 11 ? all - 11 * Math.floor(all / 12) : Math.floor(all / 12),
    email: null,
    desk: null,
    site: null,
  }));
}

describe("the months", () => {
  test("are Norway's, whatever the browser's clock is set to", () => {
    const newYear = Date.parse("2026-12-31T23:30:00Z");

    expect(chosen("year", newYear)).toEqual({ from: "2027-01", to: "2027-01" });
    expect(chosen("twelve", newYear)).toEqual({ from: "2026-02", to: "2027-01" });
    expect(chosen("last", newYear)).toEqual({ from: "2026-01", to: "2026-12" });
  });

  test.each(SEEDS)("go forth and back again (%i)", (seed) => {
    const chance = seeded(seed);
    const more = Math.floor(chance() * 500) - 250;
    const from = `20${String(30 + Math.floor(chance() * 30))}-${pick(chance, ["01", "06", "12"])}`;
    const to = plusMonths(from, more);

    expect(to).toMatch(/^\d{4}-(0[1-9]|1[0-2])$/);
    expect(plusMonths(to, -more)).toBe(from);
    if (more >= 0) expect(count({ from, to })).toBe(more + 1);
  });

  test.each([
    ["", "2026-01", "missing"],
    ["2026-13", "2026-01", "missing"],
    ["januar", "2026-01", "missing"],
    ["2026-02", "2026-01", "backwards"],
    ["2026-01", "2026-01", null],
    ["2006-02", plusMonths("2006-02", MOST_MONTHS - 1), null],
    ["2006-02", plusMonths("2006-02", MOST_MONTHS), "long"],
  ] as const)("from %s to %s is %s", (from, to, wrong) => {
    expect(fault({ from, to })).toBe(wrong);
  });
});

describe("what is shown", () => {
  test("is month by month for two years, and then year by year", () => {
    expect(spans(numbers("2025-01", "2026-12")).map(({ key }) => key)).toHaveLength(24);
    expect(byYear(numbers("2025-01", "2027-01"))).toBe(true);
    expect(spans(numbers("2025-01", "2027-01")).map(({ key, chat }) => [key, chat])).toEqual([
      ["2025", 12],
      ["2026", 12],
      ["2027", 1],
    ]);
  });

  test("the phone went from 140,000 calls to 80,000, as in Sarpsborg", () => {
    const said = [...calls(2010, 140_000), ...calls(2011, 120_000), ...calls(2013, 80_000)];
    const found = shift(spans(numbers("2010-01", "2013-12", said)), "phone");

    expect(found).toEqual({
      first: "2010",
      last: "2013",
      before: 140_000,
      after: 80_000,
      change: expect.closeTo(-3 / 7),
    });
  });

  test("half a year is not set against a whole one", () => {
    const half = calls(2013, 80_000).slice(0, 6);

    expect(shift(spans(numbers("2010-01", "2013-12", [...calls(2010, 140_000), ...half])), "phone")).toBeNull();
    expect(shift(spans(numbers("2010-01", "2013-12", calls(2010, 140_000))), "phone")).toBeNull();
    expect(shift(spans(numbers("2010-01", "2013-12")), "phone")).toBeNull();
  });

  test("what nobody has said is not zero", () => {
    const [first, second] = spans(numbers("2013-01", "2013-02", calls(2013, 24).slice(0, 1)));

    expect(first?.channels).toEqual({ phone: 2, email: null, desk: null, site: null });
    expect(second?.channels.phone).toBeNull();
  });

  test("shares of nothing are none", () => {
    expect([atFirstLine(NONE), covered(NONE)]).toEqual([null, null]);
    expect(covered({ ...NONE, open: 8, open_met: 6 })).toBe(0.75);
  });
});

describe("what is written", () => {
  test.each([
    ["", "nothing"],
    ["  ", "nothing"],
    ["-", null],
    ["6667", 6667],
    ["6 667", 6667],
    ["84\u00a0000", 84_000],
    ["0", 0],
    ["1,5", "wrong"],
    ["-3", "wrong"],
    ["mange", "wrong"],
    ["999999999", "wrong"],
  ] as const)("%s is %s", (text, wanted) => {
    expect(typed(text)).toBe(wanted);
  });

  test("the file has a line a number, to tenths", () => {
    const line = { group: "Alle", name: "Alle", figure: "Ventetid", value: 1.25 };

    expect(sheet(["a", "b", "c", "d"], [line, { ...line, value: null }])).toEqual([
      ["a", "b", "c", "d"],
      ["Alle", "Alle", "Ventetid", 1.3],
      ["Alle", "Alle", "Ventetid", null],
    ]);
  });
});
