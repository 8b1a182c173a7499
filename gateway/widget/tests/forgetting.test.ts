import { expect, it } from "vitest";
import { forgetting } from "../src/answer/forgetting";
import { ANSWER } from "../src/texts/answer";

it.each(["nb", "nn", "en"] as const)("says in %s what becomes of each wish", (language) => {
  const page = ANSWER[language];
  const said = ["to_classify", "to_archive", "held", "erasing"].map((s) => forgetting(s, page));
  expect(said.every((text) => text !== null && text.length > 20)).toBe(true);
  expect(new Set(said).size).toBe(4);
});

it.each([null, "", "something newer", "toString"])("says nothing of %j", (said) => {
  expect(forgetting(said, ANSWER.nb)).toBeNull();
});
