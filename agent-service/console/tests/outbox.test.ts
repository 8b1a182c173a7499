/** Actions: sent again until answered, resumed after a reload, refused in words with the text safe. */
import { dispatch, type DRefused } from "@prek/wire";
import { expect, test } from "vitest";
import { readKept, writeKept } from "../src/kept";
import { draftOf, EMPTY_DRAFT, INITIAL, type DeskAction, type Message, type State } from "../src/model";
import { after, AT, frame, ours, owned, pushed, run, seated, SESSION, snapshot, welcome } from "./sample";

const send = (id: string, text = `text of ${id}`): DeskAction => ({
  type: "send",
  id,
  conversation: "a",
  text,
  epoch: 1,
  seen: 0,
});
const act = (action: DeskAction): Message => ({ type: "act", action });
const refused = (id: string | null, code: string, more: Partial<DRefused> = {}): Message =>
  frame({ type: "refused", id, code, conversation: "a", retry_after_s: null, ...more });

/** What goes out at a time, as the shell would send it. */
function due(state: State, at: number) {
  const { outbox, send: actions } = dispatch(state.outbox, at, 0.5);
  return { ids: actions.map(({ id }) => id), state: after(state, { type: "dispatched", outbox }) };
}

const waiting = (state: State) => state.outbox.entries.map(({ action }) => action.id);

test("an action is sent again until its event comes, and the next one only then", () => {
  let state = after(seated([owned("a")]), act(send("m1")), act(send("m2")));
  const first = due(state, AT);
  const again = due(first.state, AT + 2_000);
  state = after(again.state, frame(pushed("a", ours(1, "m1"))));
  const next = due(state, AT + 2_001);

  expect([first.ids, again.ids, next.ids]).toEqual([["m1"], ["m1"], ["m2"]]);
});

test("one tick does not end the sending, the archived event does, also in an answer", () => {
  let state = after(seated([owned("a")]), act(send("m1")));
  state = due(state, AT).state;
  state = after(state, frame({ type: "accepted", id: "m1", masked: 0, kinds: [] }));

  expect(state.outbox.entries[0]?.state).toBe("accepted");
  expect(due(state, AT + 2_000).ids).toEqual(["m1"]);

  const events = [ours(1, "m1")];
  state = after(
    state,
    frame({ type: "events", conversation: "a", stream: "dialogue", events, last_seq: 1, more: false }),
  );

  expect(waiting(state)).toEqual([]);
});

test("words that are done stay in the outbox until they are shown, where they are followed", () => {
  const isDone = frame({ type: "done", id: "m1", conversation: null });
  let state = after(seated([owned("a")]), act(send("m1")));
  state = after(due(state, AT).state, isDone);

  expect(waiting(state)).toEqual(["m1"]);
  expect(waiting(after(state, frame(pushed("a", ours(1, "m1")))))).toEqual([]);
  // Somebody else's by now: nothing will be shown here.
  expect(waiting(after(state, frame(welcome(snapshot([]))), isDone))).toEqual([]);
});

test("words whose event is held back for a gap stay in the outbox until it is shown", () => {
  const events = (...which: ReturnType<typeof ours>[]): Message =>
    frame({ type: "events", conversation: "a", stream: "dialogue", events: which, last_seq: 3, more: false });
  let state = after(seated([owned("a")]), act(send("m1")));
  state = after(due(state, AT).state, frame(pushed("a", ours(3, "m1"))));

  expect(waiting(state)).toEqual(["m1"]);

  state = after(state, events(ours(1, "m-1"), ours(2, "m-2")));

  expect(waiting(state)).toEqual([]);
});

test("`done` ends an action that has no event of its own", () => {
  const close: DeskAction = { type: "close", id: "k1", conversation: "a", epoch: 1 };
  const state = after(seated([owned("a")]), act(close));

  expect(waiting(after(state, frame({ type: "done", id: "k1", conversation: null })))).toEqual([]);
});

test("a button pressed twice is one action; the same words twice are two", () => {
  const accept = (id: string): DeskAction => ({ type: "accept", id, conversation: "a", offer: "o" });
  const state = after(
    seated([owned("a")]),
    act(accept("k1")),
    act(accept("k2")),
    act(send("m1", "Hei")),
    act(send("m2", "Hei")),
  );

  expect(waiting(state)).toEqual(["k1", "m1", "m2"]);
});

test("a reload brings back what is unsent, what is written, what is read and what was on screen", () => {
  let state = after(
    seated([owned("a"), owned("b")]),
    act(send("m1")),
    { type: "draft", conversation: "b", draft: { reply: "halv", note: "notat", handover: "til deg" } },
    { type: "select", conversation: "b" },
    frame(pushed("b", ours(1, "x1"))),
    { type: "seen", conversation: "b" },
  );
  const kept = readKept(writeKept(state));
  state = after(
    INITIAL,
    { type: "signed_in", session: SESSION, kept },
    frame(welcome(snapshot([owned("a"), owned("b")]))),
  );

  expect(due(state, AT).ids).toEqual(["m1"]);
  expect(draftOf(state, "b")).toEqual({ ...EMPTY_DRAFT, reply: "halv", note: "notat", handover: "til deg" });
  expect([state.selected, state.threads.b?.read]).toEqual(["b", { dialogue: 1 }]);
});

test.each([null, "", "{", "[]", '"x"', "null"])("what cannot be read back is as nothing: %j", (text) => {
  const kept = readKept(text);

  expect(kept.outbox.entries).toEqual([]);
  expect([kept.drafts, kept.selected]).toEqual([{}, null]);
});

test("a new line sends again at once what was under way", () => {
  let state = due(after(seated([owned("a")]), act(send("m1"))), AT).state;

  expect(due(state, AT + 1).ids).toEqual([]);

  state = after(state, frame(welcome(snapshot([owned("a")]))));

  expect(due(state, AT + 1).ids).toEqual(["m1"]);
});

test("a busy desk only postpones", () => {
  const state = after(
    due(after(seated([owned("a")]), act(send("m1"))), AT).state,
    refused("m1", "busy", { retry_after_s: 2 }),
  );

  expect(state.alerts).toEqual([]);
  expect(due(state, AT + 1_999).ids).toEqual([]);
  expect(due(state, AT + 2_000).ids).toEqual(["m1"]);
});

test("an old epoch is refused in words, and the text is in its field again before what is there", () => {
  const state = after(
    seated([owned("a")]),
    act(send("m1", "Svaret mitt")),
    { type: "draft", conversation: "a", draft: { reply: "og mer" } },
    refused("m1", "stale_epoch"),
  );

  expect(waiting(state)).toEqual([]);
  expect(draftOf(state, "a").reply).toBe("Svaret mitt\nog mer");
  expect(state.alerts).toMatchObject([
    { title: "refused_send", reason: "refused_stale_epoch", text: { where: "returned" } },
  ]);
});

test("a refused note and the note of a refused hand-over go back to their own fields", () => {
  const note: DeskAction = { type: "note", id: "n1", conversation: "a", text: "internt" };
  const handover: DeskAction = {
    type: "handover",
    id: "h1",
    conversation: "a",
    epoch: 1,
    department: "roads",
    agent: null,
    note: "til vei",
  };
  const state = after(
    seated([owned("a")]),
    act(note),
    act(handover),
    refused("n1", "not_allowed"),
    refused("h1", "handover_target_unknown"),
  );

  expect(draftOf(state, "a")).toEqual({ ...EMPTY_DRAFT, note: "internt", handover: "til vei" });
});

test("words refused of a conversation that is gone are kept in the alert, over a reload too", () => {
  let state = after(seated(), act(send("m1", "Svaret mitt")), refused("m1", "not_found"));
  const kept = readKept(writeKept(state));
  state = after(INITIAL, { type: "signed_in", session: SESSION, kept });

  expect(state.alerts).toMatchObject([
    { reason: "refused_not_found", text: { where: "kept", text: "Svaret mitt" } },
  ]);
});

test("an unknown refusal code has words too", () => {
  const state = after(seated([owned("a")]), act(send("m1")), refused("m1", "from_the_future"));

  expect(state.alerts[0]?.reason).toBe("refused_action");
});

test.each([
  ["signed out by the server", [{ type: "signed_out", ended: true }]],
  ["asked who is there", []],
] as const)("%s, everything is still there for the same agent", (_, between) => {
  const state = after(
    seated([owned("a")]),
    act(send("m1")),
    { type: "draft", conversation: "a", draft: { reply: "halv" } },
    ...between,
    { type: "signed_in", session: SESSION, kept: readKept(null) },
  );

  expect([waiting(state), draftOf(state, "a").reply, state.sign]).toEqual([["m1"], "halv", "in"]);
});

test("another agent on the same machine sees nothing of it", () => {
  const state = after(
    seated([owned("a")]),
    act(send("m1")),
    { type: "signed_out", ended: true },
    { type: "signed_in", session: { ...SESSION, agent: "ola" }, kept: readKept(null) },
  );

  expect([waiting(state), state.board.known, state.drafts]).toEqual([[], {}, {}]);
});

test("signed out by oneself, nothing is", () => {
  const { state } = run(seated([owned("a")]), act(send("m1")), { type: "signed_out", ended: false });

  expect([waiting(state), state.board.known, state.sign]).toEqual([[], {}, "out"]);
});
