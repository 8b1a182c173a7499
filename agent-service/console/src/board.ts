/**
 * Which conversations are in view. Law: folding summaries over a snapshot gives what a fresh
 * snapshot would. Summaries replace each other by `version`; nothing here is ever added up.
 */
import type { AgentProfile, DSnapshot, Summary } from "@prek/wire";
import { type Board, emptyBoard, type Known, without } from "./model";
import { answeredBy, ledBy, leadsIn, sameLed } from "./rights";

/** The board of an agent who has seen nothing yet; `profile` is missing for one just removed. */
export function boardOf(me: string, profile: AgentProfile | undefined): Board {
  return { ...emptyBoard(me, ledBy(profile)), departments: answeredBy(profile) };
}

/**
 * The set-up changed under us. What the agent may no longer see leaves; what is new in view comes
 * with the next snapshot. What had left under the former rights may be in view at the same version
 * under the new ones, so nothing is remembered as gone.
 */
export function refit(board: Board, profile: AgentProfile | undefined): Board {
  const led = ledBy(profile);
  const departments = answeredBy(profile);
  const same =
    sameLed(led, board.led) &&
    departments.length === board.departments.length &&
    departments.every((id) => board.departments.includes(id));
  if (same) return board;
  const next = { ...board, led, departments, gone: {} };
  const stays = ([, { summary }]: [string, Known]) => isInView(summary, next);
  return { ...next, known: Object.fromEntries(Object.entries(board.known).filter(stays)) };
}

export function isOffer(summary: Summary, me: string): boolean {
  return summary.offer?.agent === me;
}

export function isWrapUp(summary: Summary, me: string): boolean {
  return summary.wrapup?.agent === me;
}

export function isOwned(summary: Summary, me: string): boolean {
  return summary.state === "active" && summary.owner === me;
}

/** Whether a colleague asked this very agent to go on with it. */
export function isCalledFor(summary: Summary, me: string): boolean {
  return summary.handover?.agent === me;
}

/** Whether this agent was asked for advice: reads along, and takes no place. */
export function isConsulted(summary: Summary, me: string): boolean {
  return summary.consulted.includes(me);
}

/** Whether it takes, or may come to take, one of this agent's places, or asks for advice. */
export function isMine(summary: Summary, me: string): boolean {
  return (
    isOwned(summary, me) ||
    isOffer(summary, me) ||
    isWrapUp(summary, me) ||
    isCalledFor(summary, me) ||
    isConsulted(summary, me)
  );
}

/** Whether it is answered in writing, in whatever state it is. */
export function isWritten(summary: Summary): boolean {
  return summary.due_at !== null;
}

/** Whether nobody has it yet, live or written. */
export function isInLine({ state }: Summary): boolean {
  return state === "waiting" || state === "offered" || state === "written";
}

/** The desk's own rule, so that a pushed summary does what a fresh snapshot would. */
function isInView(summary: Summary, board: Board): boolean {
  if (isMine(summary, board.me)) return true;
  const led = leadsIn(board.led, summary.department);
  if (isInLine(summary)) return led || board.departments.includes(summary.department);
  return led && summary.state === "active";
}

/** A conversation's state changed. An older version than the one known says nothing. */
export function foldSummary(board: Board, summary: Summary): Board {
  const id = summary.conversation;
  if (summary.version <= versionOf(board, id)) return board;
  if (isInView(summary, board)) {
    const known = { ...board.known, [id]: { summary, round: board.round } };
    return { ...board, known, gone: without(board.gone, id) };
  }
  return {
    ...board,
    known: without(board.known, id),
    gone: { ...board.gone, [id]: summary.version },
  };
}

function versionOf(board: Board, id: string): number {
  return board.known[id]?.summary.version ?? board.gone[id] ?? -1;
}

/** The answer to `hello`: what is not in it is not in view. */
export function startBoard(
  me: string,
  profile: AgentProfile | undefined,
  snapshot: DSnapshot,
): Board {
  return listed(snapshot).reduce(foldListed, { ...boardOf(me, profile), round: 1 });
}

/**
 * The repeated snapshot. It may have been read before what has been pushed since: only what was
 * known when the former snapshot came, and is missing now, leaves.
 */
export function foldSnapshot(board: Board, snapshot: DSnapshot): Board {
  const summaries = listed(snapshot);
  const present = new Set(summaries.map((summary) => summary.conversation));
  const stays = ([id, known]: [string, Known]) => present.has(id) || known.round === board.round;
  const known = Object.fromEntries(Object.entries(board.known).filter(stays));
  const folded = summaries.reduce(foldListed, { ...board, known });
  return { ...folded, round: board.round + 1 };
}

/** A snapshot's word that something is in view counts, whatever our own rule says. */
function foldListed(board: Board, summary: Summary): Board {
  const id = summary.conversation;
  if (summary.version <= versionOf(board, id)) return board;
  const known = { ...board.known, [id]: { summary, round: board.round } };
  return { ...board, known, gone: without(board.gone, id) };
}

function listed(snapshot: DSnapshot): readonly Summary[] {
  return [...snapshot.conversations, ...snapshot.line];
}

/** The summaries in view, by conversation: what the law compares. */
export function inView(board: Board): Record<string, Summary> {
  return Object.fromEntries(
    Object.entries(board.known).map(([id, known]) => [id, known.summary]),
  );
}

const entries = new WeakMap<Summary, number>();

/** When it came into the line, in ms; read once of each summary, and not at every comparison. */
function enteredAt(summary: Summary): number {
  const at = entries.get(summary) ?? Date.parse(summary.entered_at);
  entries.set(summary, at);
  return at;
}

function byPlace(a: Summary, b: Summary): number {
  return (
    a.priority - b.priority ||
    enteredAt(a) - enteredAt(b) ||
    (a.conversation < b.conversation ? -1 : 1)
  );
}

type Listing = (board: Board) => readonly Summary[];

/** A list is made once of a board, however many ask for it in however many drawings. */
function once(make: (board: Board) => Summary[]): Listing {
  const made = new WeakMap<Board, readonly Summary[]>();
  return (board) => {
    let list = made.get(board);
    if (list === undefined) {
      list = make(board);
      made.set(board, list);
    }
    return list;
  };
}

function summaries(board: Board, keep: (summary: Summary) => boolean): Summary[] {
  return Object.values(board.known)
    .map((known) => known.summary)
    .filter(keep);
}

/** Own conversations: the longest running first, so that rows do not jump about. */
export const ownConversations = once((board) =>
  summaries(board, (s) => isOwned(s, board.me) || isWrapUp(s, board.me)).sort(
    (a, b) => Date.parse(a.opened_at) - Date.parse(b.opened_at),
  ),
);

/** Offers to this agent: the one that runs out first on top. */
export const offersToMe = once((board) =>
  summaries(board, (s) => isOffer(s, board.me)).sort(
    (a, b) => Date.parse(a.offer?.deadline ?? "") - Date.parse(b.offer?.deadline ?? ""),
  ),
);

/** The waiting line as the router sees it: band, then time of entry. */
export const waitingLine = once((board) =>
  summaries(board, (s) => isInLine(s) && !isWritten(s) && !isMine(s, board.me)).sort(byPlace),
);

/** Written questions nobody has taken: the one that is due first on top. */
export const writtenQuestions = once((board) =>
  summaries(board, (s) => isInLine(s) && isWritten(s) && !isMine(s, board.me)).sort(
    (a, b) => Date.parse(a.due_at ?? "") - Date.parse(b.due_at ?? "") || byPlace(a, b),
  ),
);

/** What this agent was asked for advice on, and has no other part in. */
export const advising = once((board) => {
  const { me } = board;
  const other = (s: Summary) => isOwned(s, me) || isOffer(s, me) || isCalledFor(s, me);
  return summaries(board, (s) => isConsulted(s, me) && !other(s)).sort(byPlace);
});

/** Raised and not cleared: a leader sees every one in view, others what they take part in. */
export const alarms = once((board) =>
  summaries(
    board,
    (s) => s.alarm !== null && (leadsIn(board.led, s.department) || isMine(s, board.me)),
  ).sort(byPlace),
);

/** What colleagues have asked this agent for, and nobody has yet offered: the oldest on top. */
export const calledFor = once((board) =>
  summaries(board, (s) => isCalledFor(s, board.me) && !isOffer(s, board.me)).sort(byPlace),
);

/** Places taken: offers, own conversations and wrap-ups. */
export function load(board: Board): number {
  return ownConversations(board).length + offersToMe(board).length;
}

/** What colleagues have (leaders only). */
export const withColleagues = once((board) =>
  summaries(board, (s) => s.state === "active" && !isMine(s, board.me)).sort(byPlace),
);
