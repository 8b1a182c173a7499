import { expect, test } from "vitest";
import { holdBack } from "../src/frame/calm";

const told = { line: "Du er nummer 3. Om 5 minutter.", steady: "Du er nummer 3.", at: 1_000 };

test("a new place in the line is said at once", () => {
  expect(holdBack(told, "Du er nummer 2. Om 5 minutter.", "Du er nummer 2.", 1_001)).toBe(0);
});

test("a new estimate alone is said at most every half minute", () => {
  const line = "Du er nummer 3. Om 4 minutter.";
  expect(holdBack(told, line, told.steady, 1_001)).toBe(29_999);
  expect(holdBack(told, line, told.steady, 30_999)).toBe(1);
  expect(holdBack(told, line, told.steady, 31_000)).toBe(0);
});

test("what is said already holds nothing back", () => {
  expect(holdBack(told, told.line, told.steady, 1_001)).toBe(0);
});
