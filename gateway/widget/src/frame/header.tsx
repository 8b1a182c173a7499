/** Whose chat this is, the language, and the way out. */
import {
  LANGUAGE_NAMES,
  localized,
  localizedIn,
  pickLanguage,
  type Language,
} from "../texts/catalogue";
import type { ViewProps } from "./app";
import { Bubbles, Down, Gear } from "./icons";
import { textsOf } from "./wording";

interface HeaderProps extends ViewProps {
  /** Null: the window stands alone and cannot be closed. */
  readonly onClose: (() => void) | null;
  readonly settings: Disclosure;
}

/** Something that is shown when it is asked for. */
export interface Disclosure {
  readonly open: boolean;
  readonly toggle: () => void;
}

export function Header({ state, session, onClose, settings }: HeaderProps) {
  const texts = textsOf(state);
  const logo = state.setup?.look.logo ?? null;
  const title = state.setup === null ? texts.title : localized(state.setup.title, state.language);
  return (
    <header class="top" data-color="accent">
      <span class="mark" data-logo={logo !== null}>
        {logo === null ? <Bubbles /> : <img src={logo} alt="" />}
      </span>
      <div class="names">
        <h1 lang={localizedIn(state.setup?.title ?? {}, state.language)}>{title}</h1>
        {state.setup !== null && <p>{state.setup.name}</p>}
      </div>
      <LanguageChoice state={state} session={session} />
      <button
        type="button"
        class="round"
        aria-label={texts.settings}
        title={texts.settings}
        aria-expanded={settings.open}
        aria-controls="settings"
        data-settings
        onClick={settings.toggle}
      >
        <Gear />
      </button>
      {onClose !== null && (
        <button
          type="button"
          class="round"
          aria-label={texts.minimise}
          title={texts.minimise}
          onClick={onClose}
        >
          <Down />
        </button>
      )}
    </header>
  );
}

function LanguageChoice({ state, session }: ViewProps) {
  const texts = textsOf(state);
  const all = Object.keys(LANGUAGE_NAMES) as Language[];
  const offered = all.filter((code) => state.setup?.languages.includes(code) ?? code !== "se");
  if (offered.length < 2) return null;
  return (
    <select
      class="language"
      aria-label={texts.language}
      value={state.language}
      onChange={({ currentTarget }) => {
        const language = pickLanguage(currentTarget.value);
        // Its texts may be out of reach: then it stays as it was.
        session.speak(language).catch(() => (currentTarget.value = state.language));
      }}
    >
      {offered.map((code) => (
        <option key={code} value={code} lang={code}>
          {LANGUAGE_NAMES[code]}
        </option>
      ))}
    </select>
  );
}
