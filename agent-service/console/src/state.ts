/** The console's whole behaviour as a pure function: `reduce(state, message)`. */
import {
  type DEvents,
  type DPresence,
  type DWelcome,
  enqueue,
  type DeskFrame,
  markAccepted,
  reconnected,
  refuse,
  resolve,
  type DRefused,
  type Summary,
  type WireEvent,
} from "@prek/wire";
import { foldSnapshot, foldSummary, startBoard } from "./board";
import { follow, settleFollows, type Step } from "./follow";
import {
  type Board,
  EMPTY_DRAFT,
  EMPTY_THREAD,
  INITIAL,
  type Kept,
  type Message,
  type Session,
  type State,
  type Thread,
} from "./model";
import { addAlert, tellMoved, tellRefusal, tellRefused } from "./notices";
import { addEvent, addEvents, behind, markRead, TYPING_MS } from "./threads";

export type { Step };

export function reduce(state: State, message: Message): Step {
  switch (message.type) {
    case "signed_in":
      return only(signIn(state, message.session, message.kept));
    case "signed_out":
      return only(signOut(state, message.ended));
    case "link":
      return only({ ...state, link: message.link });
    case "frame":
      return applyFrame(state, message.frame, message.at, message.jitter);
    case "act":
      return only({
        ...state,
        outbox: enqueue(state.outbox, message.action.conversation, message.action),
      });
    case "dispatched":
      return only({ ...state, outbox: message.outbox });
    case "draft": {
      const draft = { ...EMPTY_DRAFT, ...state.drafts[message.conversation], ...message.draft };
      return only({ ...state, drafts: { ...state.drafts, [message.conversation]: draft } });
    }
    case "select":
      return settleFollows({
        ...state,
        selected: message.conversation,
        pane: message.conversation === null ? "list" : "dialogue",
      });
    case "seen":
      return only(changeThread(state, message.conversation, markRead));
    case "pane":
      return only({ ...state, pane: message.pane });
    case "dismiss":
      return only({ ...state, alerts: state.alerts.filter(({ id }) => id !== message.alert) });
  }
}

function only(state: State): Step {
  return { state, send: [] };
}

function signIn(state: State, session: Session, kept: Kept): State {
  const same = state.session?.agent === session.agent && state.session.tenant === session.tenant;
  // The same agent back after the session ran out: everything is still in memory.
  if (same && state.sign === "ended") return { ...state, session, sign: "in" };
  const threads = Object.fromEntries(
    Object.entries(kept.read).map(([id, read]) => [id, { ...EMPTY_THREAD, read }]),
  );
  const { outbox, drafts, selected } = kept;
  return { ...INITIAL, session, sign: "in", threads, outbox, drafts, selected };
}

function signOut(state: State, ended: boolean): State {
  if (!ended) return { ...INITIAL, sign: "out" };
  return { ...state, sign: "ended" };
}

function applyFrame(state: State, frame: DeskFrame, at: number, jitter: number): Step {
  switch (frame.type) {
    case "welcome":
      return welcome(state, frame, at);
    case "snapshot":
      return snapshot({ ...state, skew: Date.parse(frame.now) - at }, (board) =>
        foldSnapshot(board, frame),
      );
    case "summary":
      return changeBoard(state, (board) => foldSummary(board, frame.summary), frame.summary);
    case "event":
      return oneEvent(state, frame.conversation, frame.event);
    case "events":
      return manyEvents(state, frame);
    case "accepted":
      return only({ ...state, outbox: markAccepted(state.outbox, frame.id) });
    case "done":
      return only({ ...state, outbox: resolve(state.outbox, frame.id) });
    case "refused":
      return only(refused(state, frame, at, jitter));
    case "typing":
      return only(
        changeThread(state, frame.conversation, (thread) => ({
          ...thread,
          typing: { author: frame.author, until: at + TYPING_MS },
        })),
      );
    case "presence":
      return only(presence(state, frame));
    default:
      // A heartbeat's answer, or a frame that a newer desk has added.
      return only(state);
  }
}

function welcome(state: State, frame: DWelcome, at: number): Step {
  const profile = frame.directory.agents.find(({ id }) => id === frame.agent);
  const leader = profile?.roles.includes("leader") ?? false;
  const board = startBoard(frame.agent, leader, frame.snapshot);
  const { presence, reason } = frame;
  const next: State = {
    ...state,
    board,
    directory: frame.directory,
    own: { presence, reason, misses: 0 },
    skew: Date.parse(frame.snapshot.now) - at,
    outbox: reconnected(state.outbox),
    // A new socket follows nothing yet.
    following: {},
  };
  return settleFollows(settleSelection(tellMoved(state, next)));
}

function changeBoard(state: State, change: (board: Board) => Board, latest?: Summary): Step {
  const board = change(state.board);
  if (board === state.board) return only(state);
  return settleFollows(settleSelection(tellMoved(state, { ...state, board }, latest)));
}

/** A snapshot is also the watermark: ask for tails that were lost. */
function snapshot(state: State, change: (board: Board) => Board): Step {
  const step = changeBoard(state, change);
  const asks = Object.keys(step.state.following).flatMap((id) => {
    const thread = step.state.threads[id];
    const summary = step.state.board.known[id]?.summary;
    if (thread === undefined || summary === undefined) return [];
    return behind(thread, summary).map(({ stream, after }) => follow(id, stream, after));
  });
  return { state: step.state, send: [...step.send, ...asks] };
}

/** What is no longer in view is no longer on screen. */
function settleSelection(state: State): State {
  if (state.selected === null || state.board.known[state.selected] !== undefined) return state;
  return { ...state, selected: null, pane: "list" };
}

function oneEvent(state: State, id: string, event: WireEvent): Step {
  const { thread, syncAfter } = addEvent(state.threads[id], event);
  const send = syncAfter === null ? [] : [follow(id, event.stream, syncAfter)];
  return { state: keepThread(resolveAll(state, [event]), id, thread), send };
}

function manyEvents(state: State, frame: DEvents): Step {
  const { thread, syncAfter } = addEvents(state.threads[frame.conversation], frame);
  const ask = syncAfter === null ? [] : [follow(frame.conversation, frame.stream, syncAfter)];
  return { state: keepThread(resolveAll(state, frame.events), frame.conversation, thread), send: ask };
}

/** Words of what is out of view come late and are not kept. */
function keepThread(state: State, id: string, thread: Thread): State {
  if (state.following[id] === undefined) return state;
  return { ...state, threads: { ...state.threads, [id]: thread } };
}

function resolveAll(state: State, events: readonly WireEvent[]): State {
  const outbox = events.reduce((box, event) => resolve(box, event.id), state.outbox);
  return outbox === state.outbox ? state : { ...state, outbox };
}

function changeThread(state: State, id: string, change: (thread: Thread) => Thread): State {
  const thread = state.threads[id];
  if (thread === undefined) return state;
  const next = change(thread);
  return next === thread ? state : { ...state, threads: { ...state.threads, [id]: next } };
}

function refused(state: State, frame: DRefused, at: number, jitter: number): State {
  if (frame.id === null) return tellRefusal(state, frame);
  const refusal = { code: frame.code, retryAfterS: frame.retry_after_s };
  const { outbox, dropped } = refuse(state.outbox, frame.id, refusal, at, jitter);
  const next = { ...state, outbox };
  return dropped === null ? next : tellRefused(next, dropped, frame.code);
}

function presence(state: State, frame: DPresence): State {
  if (frame.agent !== state.board.me) {
    return { ...state, colleagues: { ...state.colleagues, [frame.agent]: frame.presence } };
  }
  const own = { presence: frame.presence, reason: frame.reason, misses: frame.misses };
  const missed = frame.misses > state.own.misses && frame.presence !== "forced_away";
  const next = { ...state, own };
  if (!missed) return next;
  return addAlert(next, {
    id: "offer-missed",
    tone: "info",
    title: "offer_missed",
    params: {},
    reason: null,
    text: null,
  });
}
