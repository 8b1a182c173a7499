import { expect, test } from "vitest";
import { isNationalId } from "../src";

const WEIGHTS = [3, 7, 6, 1, 8, 9, 4, 5, 2, 1];

/** A number of a date (DDMMYY) that nobody has, whose first weighted sum leaves this remainder. */
function some(date: string, remainder: number): string | undefined {
  const numbers = Array.from({ length: 15_000 }, (_, i) => date + String(60_000 + i));
  return numbers.find((number) => {
    const sum = WEIGHTS.reduce((total, weight, i) => total + weight * Number(number[i]), 0);
    return sum % 11 === remainder && isNationalId(number);
  });
}

test.each(["02013299997", "30108299920", "30108299939", "47906701517"])(
  "published examples: %s",
  (number) => expect(isNationalId(number)).toBe(true),
);

test.each([
  ["classic", "010190", 0],
  ["D-number", "410190", 0],
  ["+40", "014190", 0],
  ["+65", "016690", 0],
  ["synthetic +80", "018190", 0],
  ["synthetic D-number", "418190", 0],
  ["2032 rule", "010190", 1],
  ["2032 rule", "010190", 2],
  ["2032 rule", "010190", 3],
])("%s: %s, remainder %i", (_, date, remainder) => {
  expect(some(date, remainder)).toMatch(/^[0-9]{11}$/);
  expect(some(date, 4)).toBeUndefined();
});

test.each([
  "00019012480",
  "32019012480",
  "30029012480",
  "01139012480",
  "12345678901",
  "1234567890",
])("no number: %s", (number) => expect(isNationalId(number)).toBe(false));
