/** States and events of the conversation in plain words. */
import type { Author, WireEvent } from "@prek/wire";
import {
  CATALOGUES,
  fill,
  localized,
  type Language,
  type TextKey,
  type Texts,
} from "../texts/catalogue";
import { isCutOff, phaseOf, type State } from "./state";

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
      return withDepartment(state, body.owner, "joined", "joined_alone");
    case "handover_requested":
      return fill(texts.handover, { department: departmentName(state, body.department) });
    case "handover_returned":
      return returnedLine(state, body.reason);
    case "requeued":
      return texts.requeued;
    case "closed":
      return closedLine(texts, event.author, body.reason);
    default:
      return null;
  }
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
  const { status } = state;
  const phase = phaseOf(state);
  if (phase === "closed") return texts.closed;
  if (phase === "written") return texts.written;
  if (phase === "new") return state.setup === null && !isCutOff(state) ? texts.connecting : "";
  if (phase === "waiting") {
    return state.position === null ? texts.finding : fill(texts.position, { n: state.position });
  }
  if (status?.handover_department) {
    return fill(texts.handover, { department: departmentName(state, status.handover_department) });
  }
  const author = { name: status?.owner ?? "", department: status?.department ?? "" };
  if (author.name === "") return texts.finding;
  return withDepartment(state, author, "answers", "answers_alone");
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
  return key in texts ? texts[key as TextKey] : texts.refused;
}

/** Few browsers have nynorsk's days and clock: bokmål's are used, and its days put right. */
const LOCALES = { nb: "nb-NO", nn: "nb-NO", en: "en-GB" } as const;
const NYNORSK_DAYS: Readonly<Record<string, string>> = {
  mandag: "måndag",
  tirsdag: "tysdag",
  lørdag: "laurdag",
  søndag: "sundag",
};
/** The municipality's clock, as in the transcript. */
const ZONE = "Europe/Oslo";

/** A format per language, made once: making one costs more than using it a hundred times. */
function formats(options: Intl.DateTimeFormatOptions): (state: State) => Intl.DateTimeFormat {
  const made: Partial<Record<Language, Intl.DateTimeFormat>> = {};
  return ({ language }) =>
    (made[language] ??= new Intl.DateTimeFormat(LOCALES[language], { ...options, timeZone: ZONE }));
}

const clocks = formats({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const days = formats({ weekday: "long", day: "numeric", month: "long" });

export function clockTime(state: State, time: string): string {
  return clocks(state).format(new Date(time));
}

/** The day, to stand above its first event. */
export function dayOf(state: State, time: string): string {
  const parts = days(state)
    .formatToParts(new Date(time))
    .map(({ value }) => value);
  const names = state.language === "nn" ? NYNORSK_DAYS : {};
  return parts.map((part) => names[part] ?? part).join("");
}
