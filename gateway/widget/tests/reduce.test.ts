import { expect, test } from "vitest";
import { forget } from "../src/frame/forget";
import { initialState, isLive, pendingSends, phaseOf } from "../src/frame/state";
import {
  after,
  event,
  frame,
  IDS,
  KARI,
  OPENED,
  position,
  said,
  status,
  talking,
  welcome,
} from "./sample";

const submitted = { kind: "submitted", ids: IDS, anyway: false } as const;
const sent = (text: string) =>
  after(initialState(), frame(welcome()), { kind: "typed", draft: text }, submitted);
const NUMBER = "02013299997";

test("the first text opens the conversation and is seen at once", () => {
  const state = after(
    initialState(),
    frame(welcome()),
    { kind: "topic", topic: "vann" },
    { kind: "typed", draft: " Hei\n" },
    submitted,
  );
  expect(state.outbox.entries.map(({ action }) => action)).toEqual([
    {
      type: "open",
      id: "k1",
      conversation: "c1",
      topic: "vann",
      language: "nb",
      words: " Hei\n",
      follows: null,
    },
    { type: "send", id: "m1", text: " Hei\n", seen: 0 },
  ]);
  expect(pendingSends(state)).toEqual([{ id: "m1", text: " Hei\n", accepted: false }]);
  expect([state.draft, phaseOf(state), isLive(state)]).toEqual(["", "waiting", true]);
});

test("one tick when accepted, two when it is in the archive", () => {
  let state = after(sent("Hei"), frame({ type: "event", event: OPENED }));
  expect(state.conversation).toEqual({ id: "c1", opened: true });
  state = after(state, frame({ type: "accepted", id: "m1", masked: 1, kinds: [] }));
  expect(pendingSends(state)[0]?.accepted).toBe(true);
  expect(state.masked.has("m1")).toBe(true);
  state = after(state, frame({ type: "event", event: said(2, "Hei", { id: "m1", mine: true }) }));
  expect(pendingSends(state)).toEqual([]);
  expect(state.events.map(({ seq }) => seq)).toEqual([1, 2]);
});

test("an early event is held and asked for; a repeated one answers its action", () => {
  let state = after(sent("Hei"), frame({ type: "event", event: said(3, "etter") }));
  expect([state.events.length, state.question]).toEqual([0, { after: 0 }]);
  const events = [OPENED, said(2, "Hei", { id: "m1", mine: true })];
  state = after(state, frame({ type: "events", events, last_seq: 3, more: false }));
  expect(state.events.map(({ seq }) => seq)).toEqual([1, 2, 3]);
  expect(state.outbox.entries).toEqual([]);

  const again = talking();
  const resent = { ...again, outbox: sent("Hei").outbox };
  const answered = after(resent, frame({ type: "event", event: OPENED }));
  expect(answered.outbox.entries.map(({ action }) => action.id)).toEqual(["m1"]);
  expect(answered.events).toHaveLength(again.events.length);
});

test("a higher watermark asks; before the conversation is open it does not", () => {
  expect(after(talking(), frame({ type: "heartbeat", last_seq: 5 })).question).toEqual({
    after: 2,
  });
  expect(after(sent("Hei"), frame({ type: "heartbeat", last_seq: 5 })).question).toBeNull();
});

test("a national id is held back until the writer has chosen", () => {
  const warned = sent(`Jeg er ${NUMBER}`);
  expect([warned.warning, warned.outbox.entries, warned.draft]).toEqual([
    true,
    [],
    `Jeg er ${NUMBER}`,
  ]);
  expect(after(warned, { kind: "typed", draft: "Jeg er her" }).warning).toBe(false);
  const anyway = after(warned, { ...submitted, anyway: true });
  expect(anyway.outbox.entries).toHaveLength(2);
});

test.each([
  ["", null],
  ["  \n", "text_blank"],
  ["a\0", "text_has_nul"],
  ["x".repeat(8193), "text_too_long"],
])("is not sent, and stays in the field (%#)", (text, code) => {
  const state = sent(text);
  expect([state.draft, state.refusal, state.outbox.entries]).toEqual([text, code, []]);
});

test("a final refusal gives the text back, before what has been written since", () => {
  const state = after(
    talking(),
    { kind: "typed", draft: "ett" },
    { ...submitted, ids: { ...IDS, send: "m2" } },
    { kind: "typed", draft: "to" },
    frame({ type: "refused", id: "m2", code: "not_allowed", retry_after_s: null }),
  );
  expect([state.draft, state.refusal, state.outbox.entries]).toEqual([
    "ett\nto",
    "not_allowed",
    [],
  ]);
});

test("busy keeps the text on its way and says so, until something goes through", () => {
  const busy = after(
    sent("Hei"),
    frame({ type: "refused", id: "k1", code: "busy", retry_after_s: 2 }),
  );
  expect([busy.busy, pendingSends(busy).length, busy.refusal]).toEqual([true, 1, null]);
  expect(after(busy, frame({ type: "accepted", id: "k1", masked: 0, kinds: [] })).busy).toBe(false);
});

test("an older status changes nothing, and the copy token is not lost", () => {
  let state = after(talking(), frame(status({ version: 1, state: "waiting" })));
  expect(phaseOf(state)).toBe("active");
  state = after(state, frame(status({ version: 3, state: "closed", token: "copy" })));
  state = after(state, frame(status({ version: 3, state: "closed" })));
  expect([state.status?.token, phaseOf(state), isLive(state)]).toEqual(["copy", "closed", false]);
});

test("the place in line is told, and gone once somebody answers", () => {
  let state = after(sent("Hei"), frame(status({ version: 1 })), frame(position(3)));
  expect(state.place?.position).toBe(3);
  state = after(state, frame(status({ version: 2, state: "active", owner: "Kari" })));
  expect(state.place).toBeNull();
});

test("what has been read stays read, whatever an older hint says", () => {
  const read = after(talking(), frame({ type: "seen", seq: 3 }), frame({ type: "seen", seq: 2 }));

  expect(read.read).toBe(3);
  expect(forget(read).read).toBe(0);
});

test("typing ends with time, and with the words", () => {
  const typing = after(talking(), frame({ type: "typing", author: "Kari" }));
  expect(typing.typing?.author).toBe("Kari");
  expect(after(typing, { kind: "clock", now: 5_999 }).typing).not.toBeNull();
  expect(after(typing, { kind: "clock", now: 6_000 }).typing).toBeNull();
  expect(after(typing, frame({ type: "event", event: said(3, "Hei!") })).typing).toBeNull();
});

test("what comes while the window is closed is unread", () => {
  let state = after(
    talking(),
    { kind: "shown", visible: false },
    frame({ type: "event", event: event(3, { kind: "joined", owner: KARI }) }),
    frame({ type: "event", event: said(4, "Hei!") }),
    frame({ type: "event", event: said(5, "fra en annen fane", { mine: true }) }),
  );
  expect(state.unread).toBe(1);
  state = after(state, { kind: "shown", visible: true });
  expect(state.unread).toBe(0);
});

test("ending is an action; ending what has ended is no failure", () => {
  const ending = after(talking(), { kind: "end_asked" }, { kind: "end_confirmed", id: "x1" });
  expect(ending.outbox.entries.map(({ action }) => action)).toEqual([{ type: "end", id: "x1" }]);
  const refused = frame({ type: "refused", id: "x1", code: "closed", retry_after_s: null });
  expect(after(ending, refused)).toMatchObject({ refusal: null, outbox: { entries: [] } });
  const closed = event(3, { kind: "closed", reason: "citizen_left" }, { id: "x1", mine: true });
  const ended = after(ending, frame({ type: "event", event: closed }));
  expect([phaseOf(ended), ended.outbox.entries]).toEqual(["closed", []]);
  const late = after(ended, { kind: "typed", draft: "mer" }, submitted);
  expect([late.draft, late.outbox.entries]).toEqual(["mer", []]);
});

test("a resumed conversation is caught up and what was unsent goes on", () => {
  const kept = { ...sent("Hei"), events: [] };
  const state = after(
    kept,
    frame(
      welcome({
        conversation: "c1",
        events: [OPENED],
        last_seq: 1,
        status: status({ state: "offered" }),
      }),
    ),
  );
  expect(state.events).toHaveLength(1);
  expect(pendingSends(state)).toHaveLength(1);
  expect(phaseOf(state)).toBe("waiting");
});

test("anew: nothing of the old is left, and unsent words return to the field", () => {
  const writing = after(
    talking(),
    { kind: "typed", draft: "ikke sendt" },
    { ...submitted, ids: { ...IDS, send: "m2" } },
  );
  const state = after(writing, { kind: "begun_anew", refusal: "not_found" });
  expect(state).toMatchObject({
    conversation: null,
    events: [],
    outbox: { entries: [] },
    draft: "ikke sendt",
    refusal: "not_found",
  });
  expect(phaseOf(state)).toBe("new");
});

test("another tab's conversation is followed; the same one changes nothing", () => {
  const state = talking();
  expect(after(state, { kind: "adopted", conversation: { id: "c1", opened: true } })).toBe(state);
  const other = after(state, { kind: "adopted", conversation: { id: "c2", opened: true } });
  expect([other.conversation?.id, other.stream.last]).toEqual(["c2", 0]);
});

test("an unknown municipality or page is the end of it; a frame from the future is ignored", () => {
  const fatal = frame({ type: "refused", id: null, code: "unknown_tenant", retry_after_s: null });
  expect(after(initialState(), fatal).fatal).toBe(true);
  const state = talking();
  expect(after(state, frame({ type: "sparkles" } as never))).toBe(state);
});
