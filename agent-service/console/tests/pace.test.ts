/** When the screen is drawn: at once for whoever waits, together for what comes in a rush. */
import { expect, test } from "vitest";
import { BETWEEN_MS, comesByItself, Pace } from "../src/pace";
import { seeded } from "./world";

/** A page whose time a test sets, and every moment it drew at. */
function page() {
  const timers = new Map<number, { at: number; run: () => void }>();
  const drawn: number[] = [];
  let time = 0;
  let hidden = false;
  let made = 0;
  const pace = new Pace(() => drawn.push(time), {
    now: () => time,
    hidden: () => hidden,
    setTimer: (run, ms) => {
      made += 1;
      timers.set(made, { at: time + ms, run });
      return made;
    },
    clearTimer: (timer) => timers.delete(timer),
  });
  const pass = (ms: number) => {
    const until = time + ms;
    for (;;) {
      const next = [...timers].filter(([, { at }]) => at <= until).sort(([, a], [, b]) => a.at - b.at)[0];
      if (next === undefined) break;
      timers.delete(next[0]);
      time = next[1].at;
      next[1].run();
    }
    time = until;
  };
  return { pace, drawn, pass, hide: () => (hidden = true) };
}

test("the first of a rush is drawn at once, the rest of it once, when its time has come", () => {
  const { pace, drawn, pass } = page();
  pass(1_000);
  for (let n = 0; n < 4; n += 1) {
    pace.changed(true);
    pass(10);
  }
  pass(1_000);

  expect(drawn).toEqual([1_000, 1_000 + BETWEEN_MS]);
});

test("what somebody waits for is drawn at once, with whatever came before it", () => {
  const { pace, drawn, pass } = page();
  pass(1_000);
  pace.changed(true);
  pass(5);
  pace.changed(true);
  pass(5);
  pace.changed(false);
  pass(1_000);

  expect(drawn).toEqual([1_000, 1_010]);
});

test("a page that nobody sees waits for no timer", () => {
  const { pace, drawn, pass, hide } = page();
  pass(1_000);
  hide();
  pace.changed(true);
  pass(1);
  pace.changed(true);

  expect(drawn).toEqual([1_000, 1_001]);
});

test("nothing is drawn once it has stopped", () => {
  const { pace, drawn, pass } = page();
  pass(1_000);
  pace.changed(true);
  pace.changed(true);
  pace.stop();
  pass(1_000);

  expect(drawn).toEqual([1_000]);
});

test("whatever comes whenever, every change is drawn within the pause, and a rush not more often", () => {
  for (let seed = 1; seed <= 200; seed += 1) {
    const chance = seeded(seed);
    const { pace, drawn, pass } = page();
    const changes: number[] = [];
    let time = 0;
    for (let n = 0; n < 50; n += 1) {
      const gap = Math.floor(chance() * chance() * 3 * BETWEEN_MS);
      pass(gap);
      time += gap;
      changes.push(time);
      pace.changed(true);
    }
    pass(1_000);

    for (const change of changes) {
      expect(drawn.some((at) => at >= change && at <= change + BETWEEN_MS), `seed ${seed}`).toBe(true);
    }
    const gaps = drawn.slice(1).map((at, n) => at - (drawn[n] ?? 0));
    expect(Math.min(...gaps), `seed ${seed}`).toBeGreaterThanOrEqual(BETWEEN_MS);
  }
});

test("what the desk tells, and that it has been seen, is waited with; what somebody does is not", () => {
  expect((["frame", "seen"] as const).map((type) => comesByItself({ type }))).toEqual([true, true]);
  const done = ["act", "draft", "select", "pane", "dismiss", "signed_in"] as const;
  expect(done.filter((type) => comesByItself({ type }))).toEqual([]);
});
