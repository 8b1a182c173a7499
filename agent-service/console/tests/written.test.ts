/** Written questions: where they stand, how near they are, what has been said of the answer. */
import type { WireEvent } from "@prek/wire";
import { expect, test } from "vitest";
import { load, offersToMe, ownConversations, waitingLine, writtenQuestions } from "../src/board";
import { deadline } from "../src/clock";
import { mayAsk } from "../src/commands";
import { contactOf, isAnswered, nearness } from "../src/written";
import { after, AT, attached, DIRECTORY, event, frame, NOW, ours, owned, pushed, seated, summary } from "./sample";

const at = (hours: number) => new Date(AT + hours * 3_600_000).toISOString();
const question = (id: string, hours: number, more = {}) =>
  summary(id, { state: "written", due_at: at(hours), receipt: "SA-0000-0000", answer_by: "email", ...more });
const ids = (summaries: readonly { conversation: string }[]) =>
  summaries.map(({ conversation }) => conversation);
const made = (seq: number): WireEvent =>
  event(seq, {
    body: {
      kind: "made_written",
      due_at: at(8),
      receipt: "SA-0000-0000",
      answer_by: "email",
      reason: "citizen_asked",
    },
  });
const contact = (seq: number, address: string): WireEvent =>
  event(seq, {
    stream: "desk",
    body: { kind: "contact_given", answer_by: "email", contact: address, masked: 0 },
  });

test("they stand apart from the line, the one that is due first on top", () => {
  const offered = question("c", 2, {
    state: "offered",
    offer: { id: "o", agent: "ola", deadline: NOW, handover: null },
  });
  const { board } = seated([], [question("a", 5), summary("live"), question("b", 1), offered]);

  expect(ids(writtenQuestions(board))).toEqual(["b", "c", "a"]);
  expect(ids(waitingLine(board))).toEqual(["live"]);
});

test("one is offered, owned and takes a place like any other", () => {
  const offer = { id: "o", agent: "kari", deadline: NOW, handover: null };
  const mine = question("a", 5, { state: "active", owner: "kari" });
  const { board } = seated([mine, question("b", 5, { state: "offered", offer })]);

  expect([ids(ownConversations(board)), ids(offersToMe(board)), load(board)]).toEqual([
    ["a"],
    ["b"],
    2,
  ]);
  expect(writtenQuestions(board)).toEqual([]);
});

test.each([
  [-1, "over"],
  [0, "over"],
  [1.9, "soon"],
  [2, "later"],
] as const)("%d hours before the end of eight it is %s", (hours, near) => {
  expect(nearness(question("a", hours), DIRECTORY.timing, AT)).toBe(near);
});

test("a live conversation has no deadline", () => {
  expect(nearness(summary("a"), DIRECTORY.timing, AT)).toBeNull();
});

test("a deadline today is a time, another day has its name", () => {
  expect(deadline("2026-11-24T14:30:00Z", AT, "nb")).toBe("15:30");
  expect(deadline("2026-11-26T09:00:00Z", AT, "nb")).toMatch(/^tor.* 26\. nov.*10:00$/);
  expect(deadline("2026-11-26T09:00:00Z", AT, "en")).toMatch(/^Thu.* 26 Nov.*10:00$/);
});

test("where the answer goes is what the citizen said last", () => {
  const state = after(
    seated([owned("a")]),
    frame(pushed("a", contact(1, "en@eksempel.no"))),
    frame(pushed("a", contact(2, "to@eksempel.no"))),
  );

  expect(contactOf(state.threads.a)?.contact).toBe("to@eksempel.no");
  expect(contactOf(undefined)).toBeNull();
});

test("what was said before it became a written question is no answer to it", () => {
  const talked = after(seated([owned("a")]), frame(pushed("a", ours(1, "m1"))), frame(pushed("a", made(2))));
  const answered = after(talked, frame(pushed("a", event(3))), frame(pushed("a", ours(4, "m2"))));

  expect([isAnswered(talked.threads.a), isAnswered(answered.threads.a)]).toEqual([false, true]);
});

test("a file is an answer", () => {
  const asked = after(seated([owned("a")]), frame(pushed("a", made(1))));
  const answered = after(asked, frame(pushed("a", attached(2, ours(2, "m1")))));

  expect(isAnswered(answered.threads.a)).toBe(true);
});

test("it can be answered later only where there is a way, and only once", () => {
  const state = seated();
  const asks = (more: object) => mayAsk("later", owned("a", more), state);

  expect([asks({}), asks({ answer_by: "phone" })]).toEqual([false, true]);
  expect(asks({ answer_by: "phone", due_at: at(1) })).toBe(false);
  expect(mayAsk("later", summary("a", { answer_by: "phone" }), state)).toBe(false);
});

test("one's own that becomes a written question leaves without an alarm about it", () => {
  const later = question("a", 8, { version: 2, epoch: 2 });
  const state = after(seated([owned("a", { answer_by: "email" })]), frame({ type: "summary", summary: later }));

  expect([state.alerts, ids(writtenQuestions(state.board))]).toEqual([[], ["a"]]);
});
