/** What every view is given: the desk, its state, the preferences, the time, and the words. */
import { findNumbers, type Summary } from "@prek/wire";
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { clockTime } from "../clock";
import type { Question } from "../commands";
import { fileSize } from "../counts";
import type { Desk } from "../desk";
import type { State } from "../model";
import type { Preferences } from "../preferences";
import { mayProclaim, type Place } from "../rights";
import { CATALOGUES, fill, type Key, type Language, localized, type Params } from "../texts";
import { firstWords } from "../threads";

export interface Shown {
  readonly desk: Desk;
  readonly state: State;
  readonly preferences: Preferences;
  readonly prefer: (change: Partial<Preferences>) => void;
  /** What is asked about the conversation on screen, if anything. */
  readonly question: Question | null;
  readonly ask: (question: Question | null) => void;
  readonly showSheet: () => void;
  /** Where in the console one is, and which part of that place. */
  readonly place: Place;
  readonly part: string;
  /** Open the dialog of the emergency switch. */
  readonly switchEmergency: () => void;
  /** The server's time in ms, renewed every second. */
  readonly now: number;
}

export const Context = createContext<Shown | null>(null);

/** Letters of the id that tell conversations apart between colleagues. */
const REFERENCE = 6;

/** What follows from what is shown is worked out once a drawing, and not once a row. */
const derived = new WeakMap<Shown, Telling>();

/** All that a view is told: what is shown, and the words for it. */
export type Telling = ReturnType<typeof derive>;

/** A few words; their tone only underlines them. */
export interface Said {
  readonly tone: "neutral" | "info" | "warning" | "danger";
  readonly words: string;
}

export function useShown() {
  const shown = useContext(Context);
  if (shown === null) throw new Error("outside of the desk");
  let all = derived.get(shown);
  if (all === undefined) {
    all = derive(shown);
    derived.set(shown, all);
  }
  return all;
}

function derive(shown: Shown) {
  const { state, preferences } = shown;
  const { directory, board } = state;
  const profile = directory?.agents.find(({ id }) => id === board.me);
  const proclaims = mayProclaim(profile, directory?.first_line ?? "");
  return { ...shown, shown, profile, proclaims, ...wording(state, preferences.language) };
}

/** The words for what the state holds, in one language. */
export function wording(state: State, language: Language) {
  const t = (key: Key, params: Params = {}) => fill(CATALOGUES[language][key], params);
  const department = (id: string) => {
    const found = state.directory?.departments.find((one) => one.id === id);
    return found === undefined ? id : localized(found.name, language);
  };
  const topic = (id: string | null) => {
    const found = state.directory?.topics.find((one) => one.id === id);
    return found === undefined ? t("no_topic") : localized(found.name, language);
  };
  const agent = (id: string) => state.directory?.agents.find((one) => one.id === id)?.name ?? id;
  const span = (ms: number) => {
    const seconds = Math.max(0, Math.round(ms / 1_000));
    if (seconds < 60) return t("seconds", { n: seconds });
    const minutes = Math.floor(seconds / 60);
    return minutes < 60
      ? t("minutes", { n: minutes })
      : t("hours", { h: Math.floor(minutes / 60), n: minutes % 60 });
  };
  const clock = (time: string) => clockTime(time, language);
  /** A number of bytes. */
  const size = (bytes: number) => fileSize(bytes, language);
  const number = (text: string) =>
    findNumbers(text).map((kind) => t(`number_${kind}`)).join(` ${t("and")} `);
  const reference = ({ conversation }: Summary) => conversation.slice(-REFERENCE).toUpperCase();
  /** What a conversation is called: its topic, else the citizen's first words. */
  const title = (summary: Summary) => {
    if (summary.topic !== null) return topic(summary.topic);
    const words = firstWords(state.threads[summary.conversation]);
    return words === "" ? t("enquiry_reference", { ref: reference(summary) }) : words;
  };
  return { t, language, department, topic, agent, span, clock, size, number, reference, title };
}
