/** The search: what is sent, and the words for what may be chosen. */
import { expect, test } from "vitest";
import { bodyOf, CLASSES, fault, NOTHING_ASKED, ORDERS, OUTCOMES, STATES } from "../src/search/asking";
import { isKey } from "../src/texts";

test("only what is asked for is sent", () => {
  expect(bodyOf(NOTHING_ASKED)).toEqual({ order: "newest" });
  const question = { ...NOTHING_ASKED, q: " Kari -skole ", topic: "garasje", order: "best" } as const;
  expect(bodyOf(question, "abc")).toEqual({
    q: "Kari -skole",
    topic: "garasje",
    order: "best",
    after: "abc",
  });
});

test("days the wrong way round are not asked for", () => {
  expect(fault({ ...NOTHING_ASKED, from: "2026-02-02", to: "2026-02-01" })).toBe("from");
  expect(fault({ ...NOTHING_ASKED, from: "2026-02-01", to: "2026-02-01" })).toBeNull();
  expect(fault({ ...NOTHING_ASKED, from: "2026-02-01" })).toBeNull();
});

test("every choice has words", () => {
  const keys = [
    ...STATES.map((state) => `state_${state}`),
    ...OUTCOMES.map((outcome) => `outcome_${outcome}`),
    ...CLASSES.map((one) => (one === "unclassified" ? "search_unclassified" : `archive_${one}`)),
    ...ORDERS.map((order) => `search_order_${order}`),
  ];
  expect(keys.filter((key) => !isKey(key))).toEqual([]);
});
