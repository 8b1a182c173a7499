/** Asking a silent citizen: who may, when, and for how long before closing is put forward. */
import { describe, expect, test } from "vitest";
import { mayNudge, nudge, silence } from "../src/silence";
import { AT, DIRECTORY, NOW, owned, seated, summary } from "./sample";

const state = seated();

describe("asking", () => {
  test.each([
    ["one's own", owned("a"), true],
    ["a colleague's", owned("a", { owner: "ola" }), false],
    ["one in the line", summary("a"), false],
    ["one asked already", owned("a", { nudged_at: NOW }), false],
    ["a written question", owned("a", { due_at: NOW }), false],
  ])("%s: %s", (_, of, may) => {
    expect(mayNudge(of, state)).toBe(may);
  });

  test("names the epoch, so that a former owner asks nobody", () => {
    expect(nudge(owned("a", { epoch: 3 }))).toEqual({ type: "nudge", conversation: "a", epoch: 3 });
  });
});

describe("silence", () => {
  const asked = owned("a", { nudged_at: NOW });
  const patience = DIRECTORY.timing.nudge_s * 1_000;

  test("lasts as long as the set-up says, and then closing is put forward", () => {
    const left = [0, 1_000, patience - 1, patience, patience + 5_000].map(
      (ms) => silence(asked, state, AT + ms)?.left,
    );

    expect(left).toEqual([patience, patience - 1_000, 1, 0, 0]);
    expect(silence(asked, state, AT)?.since).toBe(NOW);
  });

  test("is nobody's but the owner's, and over when the citizen is heard of", () => {
    expect(silence(owned("a", { owner: "ola", nudged_at: NOW }), state, AT)).toBeNull();
    expect(silence(owned("a"), state, AT)).toBeNull();
  });

  test("has a usual length before the set-up has come", () => {
    expect(silence(asked, { ...state, directory: null }, AT)?.left).toBe(60_000);
  });
});
