/** "Are you still there?": asked by who answers, not by a clock. A message answers it as well. */
import type { ViewProps } from "./app";
import { isNudged } from "./state";
import { textsOf } from "./wording";

export function Nudge({ state, session }: ViewProps) {
  const texts = textsOf(state);
  const focusOnField = () => document.querySelector<HTMLElement>("textarea")?.focus();
  return (
    // There from the start: the focus stays where the citizen has it, and the question is read.
    <div class="nudge" role="alert">
      {isNudged(state) && (
        <div class="ds-alert" data-color="info" role="group" aria-labelledby="nudge-question">
          <p id="nudge-question">{texts.nudge_ask}</p>
          <div class="choices">
            <button
              type="button"
              class="ds-button"
              data-size="sm"
              onClick={() => {
                session.answerNudge();
                focusOnField();
              }}
            >
              {texts.nudge_yes}
            </button>
            <button
              type="button"
              class="ds-button"
              data-variant="secondary"
              data-size="sm"
              onClick={() => {
                session.end();
                focusOnField();
              }}
            >
              {texts.nudge_no}
            </button>
          </div>
        </div>
      )}
    </div>
  );
}
