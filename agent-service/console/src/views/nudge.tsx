/** The owner has asked whether the citizen is there: for how long, and what may be done then. */
import type { Summary } from "@prek/wire";
import { wantFocus } from "../focus";
import { silence } from "../silence";
import { useShown } from "./context";

export function Nudged({ summary }: { readonly summary: Summary }) {
  const { desk, state, t, span, now, clock } = useShown();
  const { conversation, epoch } = summary;
  const silent = silence(summary, state, now);
  if (silent === null) return null;
  const { since, left } = silent;
  return (
    <div class="asked nudged ds-alert" data-color="info">
      <p>
        {/* Said when it changes; the seconds beside it are not. */}
        <span role="status">
          {t(left > 0 ? "nudge_asked" : "nudge_silent", { time: clock(since) })}
        </span>{" "}
        {left > 0 && t("nudge_left", { time: span(left) })}
      </p>
      {left === 0 && (
        <button
          type="button"
          class="ds-button"
          onClick={() => {
            desk.act({ type: "close", conversation, epoch });
            wantFocus("outcome", conversation);
          }}
        >
          {t("close_yes")}
        </button>
      )}
    </div>
  );
}
