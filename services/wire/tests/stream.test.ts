import { expect, test } from "vitest";
import { merge, receive, startStream, watermark, type StreamState } from "../src";

const at = (seq: number) => ({ seq });

test("next is applied, lower is dropped, higher is held and asked for once", () => {
  let step = receive(startStream(2), at(3));
  expect(step.applied).toEqual([at(3)]);
  step = receive(step.state, at(3));
  expect(step).toEqual({ state: { last: 3, held: [] }, applied: [], syncAfter: null });
  step = receive(step.state, at(6));
  expect([step.applied, step.syncAfter]).toEqual([[], 3]);
  step = receive(step.state, at(5));
  expect([step.applied, step.syncAfter]).toEqual([[], null]);
  step = receive(step.state, at(4));
  expect(step.applied).toEqual([at(4), at(5), at(6)]);
  expect(step.state).toEqual({ last: 6, held: [] });
});

test("an answer joins with what is held, and asks on only after progress", () => {
  const held = receive(startStream(0), at(5)).state;
  let step = merge(held, [at(1), at(2)], 5);
  expect(step.applied).toEqual([at(1), at(2)]);
  expect(step.syncAfter).toBe(2);
  step = merge(step.state, [], 5);
  expect(step.syncAfter).toBeNull();
  step = merge(step.state, [at(3), at(4), at(5)], 5);
  expect([step.state, step.syncAfter]).toEqual([{ last: 5, held: [] }, null]);
});

test("the watermark heals a lost tail", () => {
  expect(watermark(startStream(4), 4).syncAfter).toBeNull();
  expect(watermark(startStream(4), 6).syncAfter).toBe(4);
});

test("any order with repeats gives the same stream", () => {
  let random = 7;
  const chance = () => (random = (random * 48271) % 2147483647) / 2147483647;
  for (let round = 0; round < 200; round += 1) {
    const events = Array.from({ length: 30 }, () => at(1 + Math.floor(chance() * 12)));
    let state: StreamState<{ seq: number }> = startStream();
    const seen: number[] = [];
    for (const event of [...events, ...Array.from({ length: 12 }, (_, i) => at(12 - i))]) {
      const step = receive(state, event);
      seen.push(...step.applied.map(({ seq }) => seq));
      state = step.state;
    }
    expect(seen).toEqual(Array.from({ length: 12 }, (_, i) => i + 1));
  }
});
