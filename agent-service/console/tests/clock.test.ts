/** Times as the municipality has them. */
import { expect, test } from "vitest";
import { clockTime, isSameDay, longDate } from "../src/clock";

test("a time is Oslo's, summer and winter, also in the hour that comes twice", () => {
  expect(clockTime("2026-11-24T08:05:00Z", "nb")).toBe("09:05");
  expect(clockTime("2026-07-01T18:05:00Z", "en")).toBe("20:05");
  expect(clockTime("2026-10-25T00:30:00Z", "nn")).toBe("02:30");
  expect(clockTime("2026-10-25T01:30:00Z", "nn")).toBe("02:30");
});

test("a day begins at Oslo's midnight", () => {
  expect(isSameDay("2026-11-24T22:59:00Z", "2026-11-24T23:01:00Z")).toBe(false);
  expect(isSameDay("2026-11-24T23:01:00Z", "2026-11-25T22:59:00Z")).toBe(true);
  expect(longDate("2026-11-24T23:01:00Z", "nb")).toBe("onsdag 25. november 2026");
});
