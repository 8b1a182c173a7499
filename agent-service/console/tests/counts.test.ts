/** Numbers as people read them. */
import { expect, test } from "vitest";
import { fileSize, numbersIn } from "../src/counts";

test("a form of numbers is made once, and another one for other languages and shapes", () => {
  const form = numbersIn(["nb"], { maximumFractionDigits: 1 });

  expect(numbersIn(["nb"], { maximumFractionDigits: 1 })).toBe(form);
  expect(numbersIn(["nb"], { maximumFractionDigits: 0 })).not.toBe(form);
  expect(numbersIn("en", { maximumFractionDigits: 1 })).not.toBe(form);
});

test("a file is told in kilobytes below a million bytes, and small numbers with a part", () => {
  expect([2_000, 2_500, 25_400, 999_999].map((bytes) => fileSize(bytes, "en"))).toEqual([
    "2 kB",
    "2.5 kB",
    "25 kB",
    "1,000 kB",
  ]);
  expect(fileSize(1_500_000, "nb")).toBe("1,5 MB");
});
