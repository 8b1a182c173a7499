/** The console's whole behaviour as a pure function: `reduce(state, message)`. */
import {
  type DDirectory,
  type DEvents,
  type DPresence,
  type DWelcome,
  type DeskFrame,
  markAccepted,
  reconnected,
  refuse,
  resolve,
  type DRefused,
  type Summary,
  type WireEvent,
} from "@prek/wire";
import { act, done } from "./acting";
import { foldSnapshot, foldSummary, refit, startBoard } from "./board";
import { follow, forgive, settleFollows, type Step } from "./follow";
import {
  type Board,
  draftOf,
  EMPTY_THREAD,
  INITIAL,
  type Kept,
  type Message,
  type Session,
  type State,
  type Thread,
} from "./model";
import { addEarlier, settleEarlier } from "./earlier";
import { addNudge, settleNudges } from "./nudges";
import {
  addAlert,
  rescueDrafts,
  tellMoved,
  tellNotHere,
  tellRefusal,
  tellRefused,
  tellSetByLeader,
} from "./notices";
import { addEvent, addEvents, behind, markRead, type ThreadStep, TYPING_MS } from "./threads";
import { markHeard } from "./whispers";
import { addWhy, settleWhys } from "./whys";

export type { Step };

const OFFER_MISSED = "offer-missed";

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
      return only(act(state, message.action));
    case "dispatched":
      return only({ ...state, outbox: message.outbox });
    case "draft": {
      const draft = { ...draftOf(state, message.conversation), ...message.draft };
      return only({ ...state, drafts: { ...state.drafts, [message.conversation]: draft } });
    }
    case "select":
      return select(state, message.conversation);
    case "linked":
      return linked(state, message.conversation);
    case "seen":
      return only(changeThread(state, message.conversation, markRead));
    case "pane":
      return only({ ...state, pane: message.pane });
    case "why":
      return only(addWhy(state, message.conversation, message.answer));
    case "earlier":
      return only(addEarlier(state, message.conversation, message.answer));
    case "heard":
      return only(
        changeThread(state, message.conversation, (thread) => markHeard(thread, message.whisper)),
      );
    case "dismiss":
      return only({ ...state, alerts: state.alerts.filter(({ id }) => id !== message.alert) });
  }
}

function only(state: State): Step {
  return { state, send: [] };
}

function select(state: State, conversation: string | null): Step {
  const pane = conversation === null ? "list" : "dialogue";
  const next: State = { ...state, selected: conversation, pane };
  const asked = conversation === null ? next : changeThread(next, conversation, askAgain);
  return settleFollows(asked);
}

/** A link to a conversation was followed. It may be answered by now, or not ours to see. */
function linked(state: State, conversation: string): Step {
  if (state.board.known[conversation] !== undefined) return select(state, conversation);
  return only(tellNotHere(state, conversation));
}

/** Whoever opens it again may read it by now. */
function askAgain(thread: Thread): Thread {
  return thread.denied ? { ...thread, denied: false } : thread;
}

function signIn(state: State, session: Session, kept: Kept): State {
  const same = state.session?.agent === session.agent && state.session.tenant === session.tenant;
  // The same agent, back after the session ran out or asked again: it is all in memory still, and
  // what was kept may lack the last words.
  if (same) return { ...state, session, sign: "in" };
  const threads = Object.fromEntries(
    [...new Set([...Object.keys(kept.read), ...Object.keys(kept.heard)])].map((id) => [
      id,
      { ...EMPTY_THREAD, read: kept.read[id] ?? {}, heard: kept.heard[id] ?? [] },
    ]),
  );
  const { outbox, drafts, selected, alerts } = kept;
  return { ...INITIAL, session, sign: "in", threads, outbox, drafts, selected, alerts };
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
      return snapshot({ ...state, skew: Date.parse(frame.now) - at }, at, (board) =>
        foldSnapshot(board, frame),
      );
    case "summary":
      return changeBoard(state, at, (board) => foldSummary(board, frame.summary), frame.summary);
    case "event":
      return oneEvent(state, frame.conversation, frame.event);
    case "events":
      return manyEvents(state, frame);
    case "accepted":
      return only({ ...state, outbox: markAccepted(state.outbox, frame.id) });
    case "done":
      return only(done(state, frame.id));
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
    case "nudge":
      return only(addNudge(state, frame));
    case "directory":
      return replaceDirectory(state, frame, at);
    default:
      // A heartbeat's answer, or a frame that a newer desk has added.
      return only(state);
  }
}

function welcome(state: State, frame: DWelcome, at: number): Step {
  const profile = frame.directory.agents.find(({ id }) => id === frame.agent);
  const board = startBoard(frame.agent, profile, frame.snapshot);
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
  return settle(state, next, at);
}

/** The set-up changed, such as by the emergency switch. An older one that comes late says nothing. */
function replaceDirectory(state: State, { directory }: DDirectory, at: number): Step {
  if (state.directory !== null && directory.version < state.directory.version) return only(state);
  const profile = directory.agents.find(({ id }) => id === state.board.me);
  return settle(state, { ...state, directory, board: refit(state.board, profile) }, at);
}

function changeBoard(
  state: State,
  at: number,
  change: (board: Board) => Board,
  latest?: Summary,
): Step {
  const board = change(state.board);
  if (board === state.board) return only(state);
  return settle(state, { ...state, board }, at, latest);
}

/** What follows from another board: what to tell, what is on screen, what is read. */
function settle(before: State, after: State, at: number, latest?: Summary): Step {
  const told = rescueDrafts(tellMoved(before, after, at + after.skew, latest));
  const settled = settleNudges(settleEarlier(settleWhys(settleSelection(told))));
  return settleFollows(forgive(before.board, settled));
}

/** A snapshot is also the watermark: ask for tails that were lost. */
function snapshot(state: State, at: number, change: (board: Board) => Board): Step {
  const step = changeBoard(state, at, change);
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
  const step = read(state, id, event.stream, (thread) => addEvent(thread, event));
  return resolveShown(step, id, event.stream, [event]);
}

function manyEvents(state: State, frame: DEvents): Step {
  const { conversation, stream, events } = frame;
  const step = read(state, conversation, stream, (thread) => addEvents(thread, frame));
  return resolveShown(step, conversation, stream, events);
}

/** Words of what is not followed (any more) come late: neither kept nor asked after. */
function read(
  state: State,
  id: string,
  stream: string,
  step: (thread: Thread | undefined) => ThreadStep,
): Step {
  if (state.following[id] === undefined) return only(state);
  const { thread, syncAfter } = step(state.threads[id]);
  return {
    state: { ...state, threads: { ...state.threads, [id]: thread } },
    send: syncAfter === null ? [] : [follow(id, stream, syncAfter)],
  };
}

/**
 * An action leaves the outbox when its event is shown, not before: of one that is held until those
 * before it are here, the outbox is the only place where its words are on screen.
 */
function resolveShown(step: Step, id: string, stream: string, came: readonly WireEvent[]): Step {
  const { state } = step;
  if (state.outbox.entries.length === 0) return step;
  // Of what is not followed (any more) nothing is shown, whatever comes.
  const followed = state.following[id] !== undefined;
  const shown = followed ? (state.threads[id]?.streams[stream]?.events ?? []) : came;
  return { ...step, state: resolveAll(state, shown) };
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
  // Set away, the banner says it; forgiven, there is nothing more to say.
  const alerts = state.alerts.filter(({ id }) => id !== OFFER_MISSED);
  const next = tellSetByLeader({ ...state, own, alerts }, state.own);
  if (frame.misses === 0 || frame.presence === "forced_away") return next;
  return addAlert(next, {
    id: OFFER_MISSED,
    tone: "info",
    title: "offer_missed",
    params: {},
    reason: null,
    text: null,
  });
}
