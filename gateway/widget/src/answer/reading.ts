/** What the page of an answer shows, made from the copy of the conversation. No DOM, no IO. */
import type { Author, WireEvent } from "@prek/wire";
import { momentOf } from "../frame/dates";
import { initialState, type State } from "../frame/state";
import { eventLine, fileLine, textsOf } from "../frame/wording";
import { ANSWER } from "../texts/answer";
import { shownLanguage, type Language } from "../texts/catalogue";

const FORMAT = "prek.transcript.v1";

/** A row of the copy: an event as committed, whose body may be gone. */
export type CopyEvent = Omit<WireEvent, "mine" | "body"> & {
  readonly body: WireEvent["body"] | { readonly kind: "erased" };
};

/** The copy as a machine reads it, as far as the page needs it. */
export interface Copy {
  readonly format: typeof FORMAT;
  readonly municipality: string;
  readonly events: readonly CopyEvent[];
}

/** Something that was said or that happened. */
export interface Row {
  /** `answer`: the municipality's words once a written answer was promised. */
  readonly kind: "answer" | "agent" | "citizen" | "happened";
  /** Whose words; nothing when nobody said it. */
  readonly who: string;
  readonly time: string;
  /** The time in words, on the municipality's clock. */
  readonly when: string;
  readonly words: string;
  readonly erased: boolean;
  /** Something was taken out of the words. */
  readonly masked: boolean;
  /** A file that was sent, with its kind and size in words. */
  readonly file: { readonly file: string; readonly name: string; readonly about: string } | null;
}

export interface Reading {
  readonly municipality: string;
  /** A written answer was promised; else it is a dialogue that was had. */
  readonly promised: boolean;
  readonly answers: readonly Row[];
  /** The citizen's words that the first answer is an answer to. */
  readonly question: readonly Row[];
  /** All of it in order, with the answers and the question where they were said. */
  readonly dialogue: readonly Row[];
}

/** Whether an answer of the server is a copy of the kind this page can read. */
export function isCopy(found: unknown): found is Copy {
  if (typeof found !== "object" || found === null) return false;
  const { format, municipality, events } = found as Partial<Record<keyof Copy, unknown>>;
  return format === FORMAT && typeof municipality === "string" && Array.isArray(events);
}

export function readingOf(copy: Copy, language: Language): Reading {
  const dialogue = rowsOf(copy, language);
  return {
    municipality: copy.municipality,
    promised: copy.events.some(({ body }) => body.kind === "made_written"),
    answers: dialogue.filter(({ kind }) => kind === "answer"),
    question: questionOf(dialogue),
    dialogue,
  };
}

function rowsOf(copy: Copy, language: Language): Row[] {
  const events = copy.events.filter(({ stream }) => stream.startsWith("dialogue"));
  const promised = events.find(({ body }) => body.kind === "made_written")?.seq ?? Infinity;
  const state: State = {
    ...initialState({ language }),
    events: events.flatMap(({ body, ...rest }) =>
      body.kind === "erased" ? [] : [{ ...rest, mine: rest.author.kind === "citizen", body }],
    ),
  };
  return events.flatMap((event) => rowOf(state, event, event.seq > promised) ?? []);
}

function rowOf(state: State, event: CopyEvent, promised: boolean): Row | null {
  const { author, time, body } = event;
  const erased = body.kind === "erased";
  const moment = { time, when: momentOf(state, time) };
  if (erased || body.kind === "message") {
    const words = erased ? ANSWER[shownLanguage(state.language)].erased : body.text;
    const masked = !erased && body.masked > 0;
    return { ...moment, ...saidBy(state, author, promised), words, erased, masked, file: null };
  }
  if (body.kind === "attached") {
    const file = { file: body.file, name: body.name, about: fileLine(state, body) };
    const by = saidBy(state, author, promised);
    return { ...moment, ...by, words: "", erased: false, masked: body.masked > 0, file };
  }
  const words = lineOf(state, { ...event, mine: author.kind === "citizen", body });
  if (words === null) return null;
  const nothing = { erased: false, masked: false, file: null };
  return { ...moment, kind: "happened", who: "", words, ...nothing };
}

function saidBy(state: State, author: Author, promised: boolean): Pick<Row, "kind" | "who"> {
  const said = author.kind === "agent" && promised ? "answer" : author.kind;
  return { kind: said === "system" ? "happened" : said, who: nameOf(state, author) };
}

function nameOf(state: State, author: Author): string {
  return author.kind === "citizen" ? textsOf(state).you : author.name;
}

/** What happened. The copy names departments by their ids, which mean nothing to a citizen. */
function lineOf(state: State, event: WireEvent): string | null {
  const { body } = event;
  switch (body.kind) {
    case "handover_requested":
      return ANSWER[shownLanguage(state.language)].handover;
    case "joined":
    case "handed_over":
    case "taken_over":
      return eventLine(state, { ...event, body: { ...body, owner: withoutPlace(body.owner) } });
    default:
      return eventLine(state, event);
  }
}

function withoutPlace(author: Author): Author {
  return { ...author, department: "" };
}

/** What the citizen wrote last before the first answer, without what was said in between. */
function questionOf(dialogue: readonly Row[]): Row[] {
  const answered = dialogue.findIndex(({ kind }) => kind === "answer");
  if (answered < 0) return [];
  const said = dialogue.slice(0, answered).filter(({ kind }) => kind !== "happened");
  const last = said.findLastIndex(({ kind }) => kind === "citizen");
  const before = said.slice(0, last).findLastIndex(({ kind }) => kind !== "citizen");
  return said.slice(before + 1, last + 1);
}
