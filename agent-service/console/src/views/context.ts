/** What every view is given: the desk, its state, the language and the time. */
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Desk } from "../desk";
import type { State } from "../model";
import { CATALOGUES, fill, type Key, type Language, localized, type Params } from "../texts";

export interface Shown {
  readonly desk: Desk;
  readonly state: State;
  readonly language: Language;
  readonly setLanguage: (language: Language) => void;
  /** The server's time in ms, renewed every second. */
  readonly now: number;
}

export const Context = createContext<Shown | null>(null);

export function useShown() {
  const shown = useContext(Context);
  if (shown === null) throw new Error("outside of the desk");
  const { language, state } = shown;
  const t = (key: Key, params: Params = {}) => fill(CATALOGUES[language][key], params);
  const department = (id: string) => {
    const found = state.directory?.departments.find((one) => one.id === id);
    return found === undefined ? id : localized(found.name, language);
  };
  const topic = (id: string | null) => {
    const found = state.directory?.topics.find((one) => one.id === id);
    return found === undefined ? t("no_topic") : localized(found.name, language);
  };
  const agent = (id: string) =>
    state.directory?.agents.find((one) => one.id === id)?.name ?? id;
  const span = (ms: number) => {
    const seconds = Math.max(0, Math.round(ms / 1_000));
    if (seconds < 60) return t("seconds", { n: seconds });
    const minutes = Math.floor(seconds / 60);
    return minutes < 60
      ? t("minutes", { n: minutes })
      : t("hours", { h: Math.floor(minutes / 60), n: minutes % 60 });
  };
  return { ...shown, t, department, topic, agent, span };
}
