/** What stands before the first words: the greeting, what not to write, and what it may be about. */
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { localized, localizedIn, shownLanguage } from "../texts/catalogue";
import { About } from "./about";
import type { ViewProps } from "./app";
import { Down } from "./icons";
import { AskButton } from "./offer";
import { phaseOf, presenceOf } from "./state";
import { presenceLines, textsOf } from "./wording";

/** More than these are shown when they are asked for: the greeting is to be read at a glance. */
const TOPICS_SHOWN = 6;

export function Greeting({ state, session }: ViewProps) {
  const texts = textsOf(state);
  const fresh = phaseOf(state) === "new";
  const presence = presenceOf(state);
  const alone = presence === "nobody" || presence === "shut";
  return (
    <div class="greeting">
      <div class="said theirs">
        <p class="hello">{texts.greeting}</p>
        {(!fresh || !alone) && <p>{texts.greeting_how}</p>}
        {/* There from the start, so that a change of it is read aloud. */}
        <div role="status">
          {fresh && presenceLines(state).map((line) => <p key={line}>{line}</p>)}
        </div>
      </div>
      {fresh && alone && state.form === null && (
        <AskButton state={state} session={session} primary />
      )}
      <div class="privacy">
        {/* Said once, and aloud when the language is chosen. */}
        <div role="status">
          {state.language !== shownLanguage(state.language) && (
            <p class="fallback">
              {texts.fallback} {texts.fallback_answer}
            </p>
          )}
        </div>
        <p>{texts.privacy}</p>
        {/* Later it is behind the button in the header: a stop less on the way to the words. */}
        {fresh && <About state={state} />}
      </div>
      {fresh && <Topics state={state} session={session} />}
      {fresh && state.form === null && <WayBack state={state} session={session} />}
    </div>
  );
}

function WayBack({ state, session }: ViewProps) {
  return (
    <button
      type="button"
      class="ds-button"
      data-variant="tertiary"
      data-size="sm"
      onClick={() => session.dispatch({ kind: "form_opened", form: "receipt" })}
    >
      {textsOf(state).reentry}
    </button>
  );
}

function Topics({ state, session }: ViewProps) {
  const texts = textsOf(state);
  const topics = state.setup?.topics ?? [];
  const [all, setAll] = useState(false);
  const firstMore = useRef<HTMLButtonElement>(null);
  // A button that hides one topic saves no room.
  const shown = all || topics.length <= TOPICS_SHOWN + 1 ? topics : topics.slice(0, TOPICS_SHOWN);

  useLayoutEffect(() => {
    // The button that was pressed is gone: whoever was on it goes on with what it showed.
    if (all) firstMore.current?.focus();
  }, [all]);

  if (topics.length === 0) return null;
  return (
    <fieldset class="topics">
      <legend>{texts.topics}</legend>
      {shown.map(({ id, name }, index) => (
        <button
          key={id}
          ref={index === TOPICS_SHOWN ? firstMore : undefined}
          type="button"
          class="chip"
          aria-pressed={state.topic === id}
          onClick={() => {
            session.dispatch({ kind: "topic", topic: state.topic === id ? null : id });
            document.querySelector<HTMLElement>("textarea")?.focus();
          }}
        >
          <span lang={localizedIn(name, state.language)}>{localized(name, state.language)}</span>
        </button>
      ))}
      {shown.length < topics.length && (
        <button type="button" class="chip more" onClick={() => setAll(true)}>
          {texts.topics_more}
          <Down />
        </button>
      )}
    </fieldset>
  );
}
