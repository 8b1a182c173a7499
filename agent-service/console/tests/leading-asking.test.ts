/** Asking again, and answers to what is not about a conversation. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Answers, NO_ANSWER } from "../src/answers";
import { age, answered, EVERY_MS, failed, NOT_ASKED, pause } from "../src/leading/polling";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test("a failure keeps the last answer, and asks ever more seldom until one comes", () => {
  const good = answered("figures", 1_000);
  const bad = Array.from({ length: 20 }).reduce<typeof good>((p) => failed(p, "busy"), good);

  expect([bad.answer, bad.at, bad.wrong]).toEqual(["figures", 1_000, "busy"]);
  expect(pause(good)).toBe(EVERY_MS);
  expect(pause(failed(good, "busy"))).toBe(2 * EVERY_MS);
  expect(pause(bad)).toBe(30_000);
  expect(pause(answered("figures", 2_000))).toBe(EVERY_MS);
});

test("figures are called old once they are, and never before they came", () => {
  const good = answered("figures", 1_000);

  expect(age(good, 1_000 + EVERY_MS)).toBeNull();
  expect(age(good, 31_000)).toBe(30_000);
  expect(age(NOT_ASKED, 31_000)).toBeNull();
});

test("each question gets its own answer: done, or the code of what is wrong", async () => {
  const answers = new Answers();
  const one = answers.to("1", 1_000);
  const two = answers.to("2", 1_000);
  const refused = { conversation: null, retry_after_s: null, type: "refused" } as const;
  answers.hear({ ...refused, id: null, code: "frame_invalid" });
  answers.hear({ ...refused, id: "2", code: "unknown_agent" });
  answers.hear({ type: "done", id: "1", conversation: null });

  expect(await one).toBeNull();
  expect(await two).toBe("unknown_agent");
});

test("what nobody answers is given up, and an answer after that is heard by nobody", async () => {
  const answers = new Answers();
  const one = answers.to("1", 1_000);
  vi.advanceTimersByTime(1_000);
  answers.hear({ type: "done", id: "1", conversation: null });

  expect(await one).toBe(NO_ANSWER);
});
