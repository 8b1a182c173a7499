import { dispatch } from "@prek/wire";
import { expect, test } from "vitest";
import { initialState, isCutOff, pendingSends } from "../src/frame/state";
import { memoryBox } from "../src/frame/box";
import { Store } from "../src/frame/storage";
import { statusLine } from "../src/frame/wording";
import { CATALOGUES } from "../src/texts/catalogue";
import { after, event, frame, IDS, KARI, OPENED, said, status, talking, welcome } from "./sample";
import type { Happening } from "../src/frame/reduce";
import type { State } from "../src/frame/state";

const line = (value: "connecting" | "ready" | "lost"): Happening => ({ kind: "line", line: value });
const write = (state: State, text: string, id: string) =>
  after(
    state,
    { kind: "typed", draft: text },
    { kind: "submitted", ids: { ...IDS, send: id }, anyway: false },
  );

/** The shell's round: what is due is sent, and the outbox remembers it. */
function pump(state: State, now: number): { state: State; sent: string[] } {
  const { outbox, send } = dispatch(state.outbox, now, 0);
  return { state: after(state, { kind: "outbox", outbox }), sent: send.map(({ id }) => id) };
}

test("a lost line is told until it is back, also while connecting again", () => {
  const told = (...states: Parameters<typeof line>[0][]) =>
    isCutOff(after(talking(), ...states.map(line)));
  expect(told("lost")).toBe(true);
  expect(told("lost", "connecting")).toBe(true);
  expect(told("lost", "connecting", "ready")).toBe(false);
  expect(told("connecting")).toBe(false);
});

test("a window that never got through says so too, and not that it is still connecting", () => {
  const first = after(initialState(), line("connecting"));
  expect([isCutOff(first), statusLine(first)]).toEqual([false, CATALOGUES.nb.connecting]);
  const failed = after(first, line("lost"), line("connecting"));
  expect([isCutOff(failed), statusLine(failed)]).toEqual([true, ""]);
});

test("a browser without network is cut off, whatever the socket believes", () => {
  const off = after(talking(), line("ready"), { kind: "network", online: false });
  expect(isCutOff(off)).toBe(true);
  expect(isCutOff(after(off, { kind: "network", online: true }))).toBe(false);
});

test("after a reconnect what was under way is sent again, in order, under the same ids", () => {
  let { state, sent } = pump(write(write(talking(), "ett", "m2"), "to", "m3"), 0);
  expect(sent).toEqual(["m2"]);
  ({ state, sent } = pump(state, 100));
  expect(sent).toEqual([]);

  const back = frame(welcome({ conversation: "c1", last_seq: 2 }));
  ({ state, sent } = pump(after(state, line("lost"), line("connecting"), back), 200));
  expect(sent).toEqual(["m2"]);
  state = after(state, frame({ type: "event", event: said(3, "ett", { id: "m2", mine: true }) }));
  ({ state, sent } = pump(state, 300));
  expect(sent).toEqual(["m3"]);
  expect(pendingSends(state).map((sent) => "text" in sent && sent.text)).toEqual(["to"]);
});

test("what had been committed before the line broke is shown once, and not sent again", () => {
  const under = pump(write(talking(), "ett", "m2"), 0).state;
  const mine = said(3, "ett", { id: "m2", mine: true });
  const back = welcome({ conversation: "c1", events: [mine], last_seq: 3 });
  const { state, sent } = pump(after(under, line("lost"), frame(back)), 100);
  expect(sent).toEqual([]);
  expect(state.events.filter(({ id }) => id === "m2")).toHaveLength(1);
  const twice = after(state, frame({ type: "event", event: mine }), frame(back));
  expect(twice.events).toEqual(state.events);
});

test("after a reload: the outbox, the dialogue and the state are where they were", () => {
  const [lasting, perTab] = [memoryBox(), memoryBox()];
  const before = write(talking(), "ett", "m2");
  new Store("sarpsborg", lasting, perTab).save(initialState(), before);

  const loaded = initialState(new Store("sarpsborg", lasting, perTab).load());
  const first = said(2, "Hei", { id: "m1", mine: true });
  const resumed = after(
    loaded,
    frame(
      welcome({
        conversation: "c1",
        events: [OPENED, first],
        last_seq: 2,
        status: status({ version: 2, state: "active", owner: "Kari" }),
      }),
    ),
  );
  expect(resumed.events.map(({ seq }) => seq)).toEqual([1, 2]);
  expect(pendingSends(resumed).map((sent) => "text" in sent && sent.text)).toEqual(["ett"]);
  expect(statusLine(resumed)).toBe(statusLine(after(before, frame(welcome()))));
});

test("two tabs: one opens, the other follows, and both show the same", () => {
  const [lasting, one, two] = [memoryBox(), memoryBox(), memoryBox()];
  const writer = after(write(initialState(), "Hei", "m1"), frame({ type: "event", event: OPENED }));
  new Store("sarpsborg", lasting, one).save(initialState(), writer);

  const told = new Store("sarpsborg", lasting, two).conversation();
  const events = [OPENED, said(2, "Hei", { id: "m1", mine: true }), said(3, "Hei!")];
  const follower = after(
    initialState(),
    { kind: "adopted", conversation: told },
    frame(welcome({ conversation: "c1", events, last_seq: 3 })),
  );
  const last = frame({ type: "events", events: events.slice(1), last_seq: 3, more: false });
  expect(after(writer, last).events).toEqual(follower.events);
  expect(follower.outbox.entries).toEqual([]);
});

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const LENGTH = 24;
const DIALOGUE = [
  OPENED,
  event(2, { kind: "joined", owner: KARI }),
  ...Array.from({ length: LENGTH - 2 }, (_, i) =>
    said(i + 3, `tekst ${i}`, i % 3 === 0 ? { id: `x${i}`, mine: true } : {}),
  ),
];
const range = (from: number) =>
  frame({ type: "events", events: DIALOGUE.slice(from), last_seq: LENGTH, more: false });

/** A network that loses, repeats and mixes up what it carries; every question is answered. */
function carry(start: State, random: () => number): State {
  let state = start;
  for (let seq = 1; seq <= LENGTH; seq += 1) {
    const chance = random();
    const pushed = DIALOGUE[chance < 0.6 ? seq - 1 : Math.floor(random() * LENGTH)] ?? OPENED;
    const before = state.question;
    state = after(state, frame({ type: "event", event: pushed }));
    if (state.question !== before && random() < 0.5) {
      state = after(state, range(state.question?.after ?? 0));
    }
    if (random() < 0.1) state = after(state, line("lost"), line("ready"));
  }
  return after(after(state, frame({ type: "heartbeat", last_seq: LENGTH })), range(0));
}

test("whatever the network did, the fold of what came is the fresh snapshot", () => {
  const fresh = after(
    initialState({ conversation: { id: "c1", opened: true } }),
    frame(welcome({ conversation: "c1", events: DIALOGUE, last_seq: LENGTH })),
  );
  for (let seed = 1; seed <= 300; seed += 1) {
    const random = dice(seed);
    const seen = Math.floor(random() * LENGTH);
    const events = DIALOGUE.slice(0, seen);
    const start = after(
      initialState({ conversation: { id: "c1", opened: true } }),
      frame(welcome({ conversation: "c1", events, last_seq: seen })),
    );
    const folded = carry(start, random);
    expect([seed, folded.events, folded.stream]).toEqual([seed, fresh.events, fresh.stream]);
  }
});
