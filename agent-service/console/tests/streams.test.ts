/** The words of a conversation: in order, once each, without gaps; who is read and asked for. */
import { describe, expect, test } from "vitest";
import { draftOf, type State } from "../src/model";
import {
  awaitsCitizen,
  eventsOf,
  firstWords,
  lastSaid,
  lastSeq,
  saying,
  TYPING_MS,
  unansweredSince,
  unread,
} from "../src/threads";
import { after, answered, AT, attached, event, frame, NOW, ours, owned, pushed, run, seated, snapshot, summary, welcome } from "./sample";
import { pick, seeded } from "./world";

const seqs = (state: State, id = "a") => eventsOf(state.threads[id], "dialogue").map(({ seq }) => seq);
const follows = (sent: readonly { type: string }[]) =>
  sent.filter(({ type }) => type === "follow");

test("both streams of an own conversation are followed from the last seq seen", () => {
  const { state, sent } = run(
    seated([owned("a")]),
    frame(answered("a", [event(1), event(2)])),
    frame(welcome(snapshot([owned("a")]))),
  );

  expect(follows(sent)).toEqual([
    { type: "follow", conversation: "a", stream: "dialogue", after: 2 },
    { type: "follow", conversation: "a", stream: "desk", after: 0 },
  ]);
  expect(seqs(state)).toEqual([1, 2]);
});

test("a gap is held and asked for once, then shown in order", () => {
  const early = run(seated([owned("a")]), frame(pushed("a", event(1))), frame(pushed("a", event(4))));

  expect(seqs(early.state)).toEqual([1]);
  expect(follows(early.sent)).toEqual([
    { type: "follow", conversation: "a", stream: "dialogue", after: 1 },
  ]);

  const more = run(early.state, frame(pushed("a", event(3))));

  expect([seqs(more.state), more.sent]).toEqual([[1], []]);

  const whole = run(more.state, frame(answered("a", [event(2)], 4)));

  expect([seqs(whole.state), whole.sent]).toEqual([[1, 2, 3, 4], []]);
});

test("what comes twice is shown once", () => {
  const state = after(
    seated([owned("a")]),
    frame(pushed("a", event(1))),
    frame(pushed("a", event(1))),
    frame(answered("a", [event(1), event(2)])),
    frame(pushed("a", event(2))),
  );

  expect(seqs(state)).toEqual([1, 2]);
});

test("whatever order, repeats and losses there were, the answers make it whole", () => {
  for (let seed = 1; seed <= 100; seed += 1) {
    const chance = seeded(seed);
    const all = Array.from({ length: 20 }, (_, n) => event(n + 1));
    let state = seated([owned("a")]);
    for (let step = 0; step < 40; step += 1) state = after(state, frame(pushed("a", pick(chance, all))));
    const last = lastSeq(state.threads.a, "dialogue");
    state = after(state, frame(answered("a", all.slice(last), 20)));

    expect(seqs(state), `history ${seed}`).toEqual(all.map(({ seq }) => seq));
  }
});

test("a snapshot tells of a tail that was lost", () => {
  const behind = owned("a", { version: 2, last_seq: { dialogue: 3, desk: 0 } });
  const { sent } = run(seated([owned("a")]), frame(pushed("a", event(1))), frame(snapshot([behind])));

  expect(follows(sent)).toEqual([
    { type: "follow", conversation: "a", stream: "dialogue", after: 1 },
  ]);
});

describe("what may not be read", () => {
  const denied = (code: string) =>
    frame({ type: "refused", id: null, code, conversation: "w", retry_after_s: null });
  const preview = after(seated([], [summary("w")]), { type: "select", conversation: "w" });

  test("is asked for again when its state changed", () => {
    const refused = after(preview, denied("not_found"));
    const taken = owned("w", { version: 2 });
    const { state, sent } = run(refused, frame({ type: "summary", summary: taken }));

    expect(refused.threads.w?.denied).toBe(true);
    expect([state.threads.w?.denied, follows(sent).length]).toEqual([false, 2]);
  });

  test("is not asked for again and again while nothing changes", () => {
    const { sent } = run(preview, denied("not_found"), frame(snapshot([], [summary("w")])));

    expect(follows(sent)).toEqual([]);
  });

  test("is asked for again when the agent opens it again", () => {
    const { sent } = run(preview, denied("not_found"), { type: "select", conversation: "w" });

    expect(follows(sent).length).toBe(2);
  });

  test("only for a busy desk is asked for with the next snapshot", () => {
    const { state, sent } = run(preview, denied("busy"), frame(snapshot([], [summary("w")])));

    expect([state.threads.w?.denied, follows(sent).length]).toEqual([false, 2]);
  });
});

test("a conversation that leaves takes its words along, and is not followed any more", () => {
  const gone = summary("a", { version: 2, state: "active", owner: "ola", epoch: 2 });
  const { state, sent } = run(
    seated([owned("a")]),
    frame(pushed("a", event(1))),
    frame({ type: "summary", summary: gone }),
    frame(pushed("a", event(2))),
  );

  expect(state.threads).toEqual({});
  expect(sent).toEqual([{ type: "unfollow", conversation: "a" }]);
});

test("the citizen's messages are unread until they have been on screen", () => {
  const arrived = after(
    seated([owned("a")]),
    frame(pushed("a", event(1))),
    frame(pushed("a", ours(2, "m1"))),
    frame(pushed("a", event(3))),
  );
  const seen = after(arrived, { type: "seen", conversation: "a" });

  expect([unread(arrived.threads.a), unread(seen.threads.a)]).toEqual([2, 0]);
});

test("it is our turn since the first message nobody answered", () => {
  const early = event(1, { time: "2026-11-24T08:00:00Z" });
  const asked = after(seated([owned("a")]), frame(pushed("a", early)), frame(pushed("a", event(2))));
  const replied = after(asked, frame(pushed("a", ours(3, "m1"))));

  expect(unansweredSince(asked.threads.a)).toBe(early.time);
  expect(unansweredSince(replied.threads.a)).toBeNull();
  expect(firstWords(replied.threads.a)).toBe("words 1");
  expect(lastSaid(replied.threads.a)?.id).toBe("m1");
});

test("a file is said as words are, and named by its name", () => {
  const state = after(
    seated([owned("a")]),
    frame(pushed("a", ours(1, "m1"))),
    frame({ type: "typing", conversation: "a", author: "citizen" }),
    frame(pushed("a", attached(2))),
  );
  const { a } = state.threads;

  expect([unread(a), a?.typing, unansweredSince(a)]).toEqual([1, null, NOW]);
  expect(saying(lastSaid(a))).toBe("tegning.png");
  // A name says little of what the enquiry is about.
  expect(firstWords(a)).toBe("");
});

test("the desk's last word, or its last file, awaits the citizen", () => {
  const asked = after(seated([owned("a")]), frame(pushed("a", event(1))));
  const shown = after(asked, frame(pushed("a", attached(2, ours(2, "m1")))));

  expect([asked, shown].map(({ threads }) => awaitsCitizen(threads.a))).toEqual([false, true]);
  expect(awaitsCitizen(undefined)).toBe(false);
});

test("who says that they are there is heard of", () => {
  const state = after(
    seated([owned("a")]),
    frame(pushed("a", ours(1, "m1"))),
    frame(pushed("a", event(2, { body: { kind: "nudged" } }))),
    frame(pushed("a", event(3, { body: { kind: "nudge_answered" } }))),
  );

  expect([unread(state.threads.a), unansweredSince(state.threads.a)]).toEqual([1, null]);
});

test("a typing hint lasts some seconds, and ends with the message", () => {
  const typing = after(
    seated([owned("a")]),
    frame(pushed("a", event(1))),
    frame({ type: "typing", conversation: "a", author: "citizen" }),
  );

  expect(typing.threads.a?.typing).toEqual({ author: "citizen", until: AT + TYPING_MS });
  expect(after(typing, frame(pushed("a", event(2)))).threads.a?.typing).toBeNull();
});

test("a walled-off part of the dialogue comes after the former, whatever came first", () => {
  const part = (stream: string, seq: number) => event(seq, { stream, id: `${stream}-${seq}` });
  const state = after(
    seated([owned("a")]),
    frame(pushed("a", part("dialogue-10", 1))),
    frame(pushed("a", part("dialogue-2", 1))),
    frame(pushed("a", part("dialogue", 1))),
  );

  expect(eventsOf(state.threads.a, "dialogue").map(({ stream }) => stream)).toEqual([
    "dialogue",
    "dialogue-2",
    "dialogue-10",
  ]);
});

test("half a text in a conversation that leaves is given back", () => {
  const gone = summary("a", { version: 2, state: "active", owner: "ola", epoch: 2 });
  const state = after(
    seated([owned("a")]),
    { type: "draft", conversation: "a", draft: { reply: "halvt svar", note: "halvt notat" } },
    frame({ type: "summary", summary: gone }),
  );

  expect(state.alerts.find(({ id }) => id === "draft-a")?.text).toEqual({
    where: "kept",
    text: "halvt svar\nhalvt notat",
  });
  expect([state.drafts, draftOf(state, "a").reply]).toEqual([{}, ""]);
});
