import { expect, test } from "vitest";
import { findNationalIds, isNationalId } from "../src";

/** A valid number for the first nine digits under a rule for k1; null when there is none. */
function complete(nine: string, remainder = 0): string | null {
  for (let k = 0; k < 100; k += 1) {
    const number = nine + String(k).padStart(2, "0");
    const d = Array.from(number, Number);
    const w1 = [3, 7, 6, 1, 8, 9, 4, 5, 2, 1];
    const sum = w1.reduce((total, weight, i) => total + weight * (d[i] ?? 0), 0);
    if (sum % 11 === remainder && isNationalId(number)) return number;
  }
  return null;
}

test.each(["02013299997", "30108299920", "30108299939", "47906701517"])(
  "published examples: %s",
  (number) => expect(isNationalId(number)).toBe(true),
);

test.each([
  ["classic", "010190124", 0],
  ["D-number", "410190124", 0],
  ["+40", "014190124", 0],
  ["+65", "016690124", 0],
  ["synthetic +80", "018190124", 0],
  ["synthetic D-number", "418190124", 0],
  ["2032 rule", "010190124", 1],
  ["2032 rule", "010190124", 2],
  ["2032 rule", "010190124", 3],
])("%s", (_, nine, remainder) => {
  const number = complete(nine, remainder);
  if (number !== null) expect(findNationalIds(`nr ${number}.`)).toHaveLength(1);
});

test.each([
  "00019012480",
  "32019012480",
  "30029012480",
  "01139012480",
  "12345678901",
  "1234567890",
])("no number: %s", (number) => expect(isNationalId(number)).toBe(false));

const N = complete("010190124") ?? "";
const spelled = (between: string, ...cuts: number[]) =>
  [0, ...cuts].map((cut, i) => N.slice(cut, cuts[i])).join(between);

test.each([
  N,
  spelled(" ", 6),
  spelled("-", 6),
  spelled("\u00a0", 6, 9),
  spelled(".", 2, 4, 6),
  spelled("\u200b", 3),
  spelled("\u2013", 6),
  spelled(" - ", 6),
  spelled("\u2011", 6),
  spelled("\n", 6),
  Array.from(N).join(" "),
  Array.from(N, (digit) => String.fromCodePoint(0xff10 + Number(digit))).join(""),
  Array.from(N, (digit) => String.fromCodePoint(0x0660 + Number(digit))).join(""),
])("every spelling: %j", (number) => {
  expect(findNationalIds(`Jeg er ${number} og bor her`)).toEqual([
    { start: 7, end: 7 + number.length },
  ]);
});

test("found after another number, and twice", () => {
  expect(findNationalIds(`ring 69108000 ${N}`)).toEqual([{ start: 14, end: 25 }]);
  expect(findNationalIds(`${N}, ${N}`)).toHaveLength(2);
});

test.each(["8601 11 17947", "+47 912 34 567", "69 10 80 00", "sak 2026/000123", `9${N}`, `${N}1`])(
  "left alone: %s",
  (text) => expect(findNationalIds(text)).toEqual([]),
);
