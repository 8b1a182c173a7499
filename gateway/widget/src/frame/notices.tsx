/** What is said beside the dialogue: where the enquiry is, the line, refusals. */
import { useEffect, useRef } from "preact/hooks";
import { localized, localizedIn } from "../texts/catalogue";
import type { ViewProps } from "./app";
import { useCalm } from "./calm";
import { isCutOff, isEnding, phaseOf } from "./state";
import { maskedLine, refusalLine, statusLine, steadyStatusLine, textsOf } from "./wording";

/** What the municipality tells everyone now. */
export function Banner({ state }: Pick<ViewProps, "state">) {
  const told = state.availability?.banner ?? {};
  const banner = localized(told, state.language);
  return (
    <div class="banner" role="status">
      {banner !== "" && (
        <p class="ds-alert" data-color="warning">
          <bdi lang={localizedIn(told, state.language)}>{banner}</bdi>
        </p>
      )}
    </div>
  );
}

/** The regions exist from the start, empty: only then is what comes into them read aloud. */
export function StatusBar({ state, session }: ViewProps) {
  const texts = textsOf(state);
  const phase = phaseOf(state);
  const canEnd = phase === "waiting" || phase === "active";
  const line = useCalm(statusLine(state), steadyStatusLine(state));
  return (
    <div class="where" data-phase={phase} data-empty={line === ""}>
      <p role="status">
        <span class="lamp" aria-hidden="true" />
        <bdi>{line}</bdi>
      </p>
      {canEnd && !state.askingToEnd && (
        <button
          type="button"
          class="ds-button"
          data-variant="tertiary"
          data-size="sm"
          aria-label={isEnding(state) ? undefined : texts.end}
          disabled={isEnding(state)}
          onClick={() => session.dispatch({ kind: "end_asked" })}
        >
          {isEnding(state) ? texts.ending : texts.end_short}
        </button>
      )}
      {state.askingToEnd && canEnd && <EndQuestion state={state} session={session} />}
    </div>
  );
}

function EndQuestion({ state, session }: ViewProps) {
  const texts = textsOf(state);
  const no = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    // A key that is pressed twice must not end the conversation.
    no.current?.focus();
    return () => document.querySelector<HTMLElement>("textarea")?.focus();
  }, []);
  return (
    <div class="question" role="group" aria-labelledby="end-question">
      <p id="end-question">{texts.end_sure}</p>
      <div class="choices">
        <button
          type="button"
          class="ds-button"
          data-color="danger"
          data-size="sm"
          onClick={() => session.end()}
        >
          {texts.end_yes}
        </button>
        <button
          ref={no}
          type="button"
          class="ds-button"
          data-variant="secondary"
          data-size="sm"
          onClick={() => session.dispatch({ kind: "end_cancelled" })}
        >
          {texts.end_no}
        </button>
      </div>
    </div>
  );
}

export function Notices({ state, session }: ViewProps) {
  const texts = textsOf(state);
  const lost = isCutOff(state);
  const masked = [...state.masked.values()].at(-1);
  return (
    <div class="notices">
      <div role="status">
        {lost && (
          <p class="ds-alert" data-color="warning">
            {texts.lost}
          </p>
        )}
        {!lost && state.busy && (
          <p class="ds-alert" data-color="info">
            {texts.busy}
          </p>
        )}
        {masked !== undefined && <p class="ds-sr-only">{maskedLine(state, masked)}</p>}
      </div>
      <div role="alert">
        {state.refusal !== null && (
          <div class="ds-alert refusal" data-color="danger">
            <p>{refusalLine(state, state.refusal)}</p>
            <button
              type="button"
              class="round"
              aria-label={texts.dismiss}
              onClick={() => session.dispatch({ kind: "refusal_dismissed" })}
            >
              <span aria-hidden="true">×</span>
            </button>
          </div>
        )}
      </div>
    </div>
  );
}
