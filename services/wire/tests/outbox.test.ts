import { expect, test } from "vitest";
import {
  dispatch,
  dropLane,
  emptyOutbox,
  enqueue,
  find,
  markAccepted,
  reconnected,
  refuse,
  resolve,
  restore,
  retryDelay,
  serialize,
  type Outbox,
} from "../src";

interface A {
  id: string;
}
const full = (): Outbox<A> =>
  ["a1", "a2", "b1"].reduce(
    (outbox, id) => enqueue(outbox, id.slice(0, 1), { id }),
    emptyOutbox<A>(),
  );
const ids = (actions: readonly A[]) => actions.map(({ id }) => id);

test("one at a time per lane, the next when the first is resolved", () => {
  const first = dispatch(full(), 1_000, 0.5);
  expect(ids(first.send)).toEqual(["a1", "b1"]);
  expect(first.nextAt).toBe(3_000);
  expect(dispatch(first.outbox, 2_999, 0.5).send).toEqual([]);
  const next = dispatch(resolve(first.outbox, "a1"), 1_100, 0.5);
  expect(ids(next.send)).toEqual(["a2"]);
});

test("sent again after 2 s, doubling to 30 s, also when accepted", () => {
  let { outbox } = dispatch(enqueue(emptyOutbox<A>(), "a", { id: "x" }), 0, 0.5);
  outbox = markAccepted(outbox, "x");
  const waits: number[] = [];
  for (let now = 0, i = 0; i < 6; i += 1) {
    const dueAt = find(outbox, "x")?.dueAt ?? 0;
    waits.push(dueAt - now);
    now = dueAt;
    const step = dispatch(outbox, now, 0.5);
    expect(ids(step.send)).toEqual(["x"]);
    outbox = step.outbox;
  }
  expect(waits).toEqual([2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  expect(find(outbox, "x")?.state).toBe("accepted");
  expect(retryDelay(0, 0)).toBeLessThan(retryDelay(0, 1));
});

test("busy postpones and keeps the order, another refusal is final", () => {
  const sent = dispatch(full(), 0, 0).outbox;
  const busy = refuse(sent, "a1", { code: "busy", retryAfterS: 5 }, 0, 0);
  expect(busy.dropped).toBeNull();
  expect(dispatch(reconnected(busy.outbox), 4_999, 0).send.map(({ id }) => id)).toEqual(["b1"]);
  expect(ids(dispatch(busy.outbox, 5_000, 0).send)).toEqual(["a1", "b1"]);
  const final = refuse(sent, "a1", { code: "closed", retryAfterS: null }, 0, 0);
  expect(final.dropped?.action.id).toBe("a1");
  expect(ids(dispatch(final.outbox, 1, 0).send)).toEqual(["a2"]);
});

test("a new line sends what was under way at once", () => {
  const sent = dispatch(full(), 0, 0).outbox;
  expect(ids(dispatch(reconnected(sent), 1, 0).send)).toEqual(["a1", "b1"]);
});

test("the same id is one action; a lane can be dropped", () => {
  const outbox = enqueue(full(), "a", { id: "a1" });
  expect(outbox.entries).toHaveLength(3);
  expect(dropLane(outbox, "a").entries.map(({ action }) => action.id)).toEqual(["b1"]);
});

test("survives a reload; rubbish is an empty outbox", () => {
  const sent = markAccepted(dispatch(full(), 0, 0).outbox, "a1");
  const back = restore<A>(serialize(sent));
  expect(back.entries.map(({ action }) => action.id)).toEqual(["a1", "a2", "b1"]);
  expect(ids(dispatch(back, 0, 0).send)).toEqual(["a1", "b1"]);
  for (const rubbish of [null, "", "{", "3", "[null,{}]"]) {
    expect(restore(rubbish).entries).toEqual([]);
  }
});
