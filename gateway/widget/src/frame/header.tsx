/** Whose chat this is, the language, and the way out. */
import { LANGUAGE_NAMES, localized, pickLanguage, type Language } from "../texts/catalogue";
import type { ViewProps } from "./app";
import { Bubbles, Down } from "./icons";
import { textsOf } from "./wording";

interface HeaderProps extends ViewProps {
  /** Null: the window stands alone and cannot be closed. */
  readonly onClose: (() => void) | null;
}

export function Header({ state, session, onClose }: HeaderProps) {
  const texts = textsOf(state);
  const title = state.setup === null ? texts.title : localized(state.setup.title, state.language);
  return (
    <header class="top" data-color="accent">
      <span class="mark">
        <Bubbles />
      </span>
      <div class="names">
        <h1>{title}</h1>
        {state.setup !== null && <p>{state.setup.name}</p>}
      </div>
      <LanguageChoice state={state} session={session} />
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
  const offered = all.filter((code) => state.setup?.languages.includes(code) ?? true);
  if (offered.length < 2) return null;
  return (
    <select
      class="language"
      aria-label={texts.language}
      value={state.language}
      onChange={(event) =>
        session.dispatch({ kind: "language", language: pickLanguage(event.currentTarget.value) })
      }
    >
      {offered.map((code) => (
        <option key={code} value={code} lang={code}>
          {LANGUAGE_NAMES[code]}
        </option>
      ))}
    </select>
  );
}
