/** States and events of the conversation in plain words. */
import {
  endingOf,
  endingsOf,
  findNumbers,
  type Author,
  type MadeWritten,
  type MaskedKind,
  type WireEvent,
} from "@prek/wire";
import { CATALOGUES, fill, localized, type TextKey, type Texts } from "../texts/catalogue";
import { hourOf, momentOf } from "./dates";
import { rulesOf, usualEnding } from "./files";
import { isAsking, isCutOff, phaseOf, presenceOf, type Place, type State } from "./state";

export function textsOf(state: State): Texts {
  return CATALOGUES[state.language];
}

/** A department's name for its id; what is not an id is a name already. */
export function departmentName(state: State, department: string): string {
  const known = state.setup?.departments.find(({ id }) => id === department);
  return known === undefined ? department : localized(known.name, state.language);
}

export function topicName(state: State, topic: string | null): string | null {
  const known = state.setup?.topics.find(({ id }) => id === topic);
  return known === undefined ? null : localized(known.name, state.language);
}

/** "Kari fra Servicetorget", or what is known of it. */
function withDepartment(
  state: State,
  author: Pick<Author, "name" | "department">,
  whole: TextKey,
  alone: TextKey,
): string {
  const texts = textsOf(state);
  const department = departmentName(state, author.department);
  return fill(texts[department === "" ? alone : whole], { name: author.name, department });
}

/** What happened, as a line between the messages; null: nothing to say, or a message. */
export function eventLine(state: State, event: WireEvent): string | null {
  const texts = textsOf(state);
  const { body } = event;
  switch (body.kind) {
    case "opened": {
      const topic = topicName(state, body.topic);
      return topic === null ? texts.opened : fill(texts.topic_chosen, { topic });
    }
    case "joined":
    case "handed_over":
    case "taken_over":
      return wasWritten(state, event.seq)
        ? withDepartment(state, body.owner, "answering", "answering_alone")
        : withDepartment(state, body.owner, "joined", "joined_alone");
    case "handover_requested":
      return fill(texts.handover, { department: departmentName(state, body.department) });
    case "handover_returned":
      return returnedLine(state, body.reason);
    case "requeued":
      return wasWritten(state, event.seq) ? texts.requeued_written : texts.requeued;
    case "made_written":
      return writtenLine(state, body);
    case "nudged":
      return event.author.name === ""
        ? texts.nudged_alone
        : fill(texts.nudged, { name: event.author.name });
    case "nudge_answered":
      return texts.nudge_answered;
    case "rated":
      if (body.comment !== null) return fill(texts.rated_comment, { comment: body.comment });
      return fill(texts.rated, { rating: texts[`rate_${body.rating}`].toLowerCase() });
    case "copy_mailed":
      return texts.mailed;
    case "forget_asked":
      return texts.forget_asked;
    case "closed":
      return closedLine(texts, event.author, body.reason);
    default:
      return null;
  }
}

/** Whether the question was a written one when something happened to it. */
function wasWritten(state: State, seq: number): boolean {
  return state.events.some((event) => event.body.kind === "made_written" && event.seq < seq);
}

function writtenLine(state: State, body: MadeWritten): string {
  const texts = textsOf(state);
  const { due_at, receipt } = body;
  const line = fill(texts.made_written, { moment: momentOf(state, due_at), receipt });
  return body.reason === "citizen_gone" ? `${texts.made_written_gone} ${line}` : line;
}

function returnedLine(state: State, reason: string): string | null {
  const texts = textsOf(state);
  if (reason !== "timeout" && reason !== "cancelled") return null;
  const name = state.status?.owner ?? "";
  return name === "" ? texts.handover_returned_alone : fill(texts.handover_returned, { name });
}

function closedLine(texts: Texts, author: Author, reason: string): string {
  if (reason === "citizen_left") return texts.closed_you;
  if (reason === "citizen_gone") return texts.closed_gone;
  return author.name === "" ? texts.closed : fill(texts.closed_agent, { name: author.name });
}

/** Where the enquiry is, in one line under the title. */
export function statusLine(state: State): string {
  const texts = textsOf(state);
  switch (phaseOf(state)) {
    case "closed":
      return texts.closed;
    case "new":
      return state.setup === null && !isCutOff(state) ? texts.connecting : "";
    case "waiting":
      return waitingLine(state);
    case "written":
      return dueLine(state);
    case "active":
      return ownedLine(state);
  }
}

/** The line without what is known of the wait, which changes often and means little by itself. */
export function steadyStatusLine(state: State): string {
  if (state.place === null) return statusLine(state);
  return statusLine({ ...state, place: { ...state.place, wait_from_s: null, wait_to_s: null } });
}

function waitingLine(state: State): string {
  const texts = textsOf(state);
  if (isAsking(state)) return texts.asking;
  const presence = presenceOf(state);
  if (presence === "shut") return shutLine(state);
  const { place } = state;
  const alone = presence === "nobody" ? [texts.nobody] : [];
  if (place === null) return alone[0] ?? texts.finding;
  const wait = presence === "nobody" ? "" : waitLine(state, place);
  const number = fill(texts.position, { n: place.position });
  return [...alone, number, wait].filter((line) => line !== "").join(" ");
}

/** How long most have waited, in whole minutes; nothing when it is not known. */
function waitLine(state: State, { wait_from_s, wait_to_s }: Place): string {
  if (wait_from_s === null || wait_to_s === null) return "";
  const texts = textsOf(state);
  const from = Math.floor(wait_from_s / 60);
  const to = Math.max(1, from, Math.ceil(wait_to_s / 60));
  if (from === 0) {
    return to === 1 ? texts.wait_under_minute : fill(texts.wait_under, { n: to });
  }
  if (from < to) return fill(texts.wait, { from, to });
  return from === 1 ? texts.wait_minute : fill(texts.wait_about, { n: from });
}

function dueLine(state: State): string {
  const texts = textsOf(state);
  const { status } = state;
  if (status?.state === "active" && status.owner !== null) {
    const author = { name: status.owner, department: status.department };
    return withDepartment(state, author, "answering", "answering_alone");
  }
  const due = status?.due_at ?? null;
  return due === null ? texts.written : fill(texts.written_due, { moment: momentOf(state, due) });
}

function ownedLine(state: State): string {
  const texts = textsOf(state);
  const { status } = state;
  if (status?.handover_department) {
    return fill(texts.handover, { department: departmentName(state, status.handover_department) });
  }
  const author = { name: status?.owner ?? "", department: status?.department ?? "" };
  if (author.name === "") return texts.finding;
  return withDepartment(state, author, "answers", "answers_alone");
}

/** That it is closed, why, and when it opens. */
export function shutLine(state: State): string {
  const texts = textsOf(state);
  const reason = localized(state.availability?.reason ?? {}, state.language);
  const opens = state.availability?.opens_at ?? null;
  const shut = reason === "" ? texts.shut : fill(texts.shut_reason, { reason });
  return opens === null ? shut : `${shut} ${fill(texts.opens, { moment: momentOf(state, opens) })}`;
}

/** Who is there, as the greeting says it; nothing when it is not known. */
export function presenceLines(state: State): readonly string[] {
  const texts = textsOf(state);
  switch (presenceOf(state)) {
    case "here": {
      const closes = state.availability?.closes_at ?? null;
      if (closes === null) return [texts.here];
      return [`${texts.here} ${fill(texts.here_until, { time: hourOf(state, closes) })}`];
    }
    case "nobody":
      return [texts.nobody, texts.nobody_how];
    case "shut":
      return [shutLine(state), texts.shut_how];
    case "unknown":
      return [];
  }
}

/** Why a written answer is offered while the citizen waits; nothing: it may be asked for anyway. */
export function offerLine(state: State): string {
  const texts = textsOf(state);
  const presence = presenceOf(state);
  if (presence === "shut" || presence === "nobody") return texts.offer_away;
  const department = state.status?.department ?? "";
  if (state.availability?.departments[department] === false) {
    return fill(texts.offer_department, { department: departmentName(state, department) });
  }
  return state.place?.offer_written === true ? texts.offer_long : "";
}

export function typingLine(state: State): string {
  if (state.typing === null) return "";
  const texts = textsOf(state);
  const { author } = state.typing;
  return author === "" ? texts.typing_someone : fill(texts.typing, { name: author });
}

/** A refusal in plain words. */
export function refusalLine(state: State, code: string): string {
  const texts = textsOf(state);
  const key = `refused_${code}`;
  return fill(key in texts ? texts[key as TextKey] : texts.refused, limitsOf(state));
}

/** What may be sent, and how large it may be. */
export function limitsLine(state: State): string {
  return fill(textsOf(state).attach_limits, limitsOf(state));
}

function limitsOf(state: State) {
  const rules = rulesOf(state);
  const types = new Set(endingsOf(rules).map((ending) => ending.replace("jpeg", "jpg")));
  return {
    types: [...types].join(", ").toUpperCase(),
    size: sizeLine(state, rules.max_bytes),
  };
}

/** A size as people say it: `340 kB`, `1,2 MB`. */
export function sizeLine({ language }: State, bytes: number): string {
  const kilo = Math.max(1, Math.round(bytes / 1024));
  if (kilo < 1024) return `${kilo}\u00a0kB`;
  const mega = (Math.round(bytes / 1024 / 102.4) / 10).toString();
  return `${language === "en" ? mega : mega.replace(".", ",")}\u00a0MB`;
}

/** The kind of a file and its size. */
export function fileLine(
  state: State,
  file: {
    readonly name: string;
    readonly size: number;
    readonly type?: string;
    readonly media_type?: string;
  },
): string {
  const ending = usualEnding(file.media_type ?? file.type ?? "") ?? endingOf(file.name);
  const size = sizeLine(state, file.size);
  return ending === "" ? size : `${ending.toUpperCase()}, ${size}`;
}

/** "a card number and an account number" */
function numbersLine(state: State, kinds: readonly MaskedKind[]): string {
  const texts = textsOf(state);
  const names = kinds.map((kind) => texts[`number_${kind}`]);
  const last = names.pop() ?? texts.number_national_id;
  return names.length === 0 ? last : `${names.join(", ")} ${texts.and} ${last}`;
}

/** What the writer is warned of before it is sent. */
export function warnLine(state: State): string {
  const what = numbersLine(state, findNumbers(state.draft));
  return fill(textsOf(state).warn_id, { what });
}

/** What the door took out of a text; from the archive alone the kind is not known. */
export function maskedLine(state: State, kinds: readonly MaskedKind[] | undefined): string {
  const texts = textsOf(state);
  if (kinds === undefined || kinds.length === 0) return texts.masked;
  return fill(texts.masked_kinds, { what: numbersLine(state, kinds) });
}
