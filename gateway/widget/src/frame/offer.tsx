/** A written answer can always be asked for, and is sometimes advised while the citizen waits. */
import type { ViewProps } from "./app";
import { isAsking, phaseOf } from "./state";
import { offerLine, textsOf } from "./wording";

export function Offer({ state, session }: ViewProps) {
  const phase = phaseOf(state);
  if ((phase !== "waiting" && phase !== "active") || isAsking(state)) return null;
  // While somebody answers, it is they who find that the answer must come later.
  const known = (state.status?.answer_by ?? null) !== null;
  if (phase === "active") {
    return (
      <div class="offer" data-advised={false}>
        <p role="status">{known ? textsOf(state).answer_known : ""}</p>
        <AskButton state={state} session={session} primary={false} />
      </div>
    );
  }
  const line = offerLine(state);
  return (
    <div class="offer" data-advised={line !== ""}>
      <p role="status">{line}</p>
      <AskButton state={state} session={session} primary={line !== ""} />
    </div>
  );
}

interface AskProps extends ViewProps {
  readonly primary: boolean;
}

export function AskButton({ state, session, primary }: AskProps) {
  return (
    <button
      type="button"
      class="ds-button"
      data-variant={primary ? "primary" : "tertiary"}
      data-size="sm"
      onClick={() => session.dispatch({ kind: "form_opened", form: "written" })}
    >
      {textsOf(state).ask_written}
    </button>
  );
}
