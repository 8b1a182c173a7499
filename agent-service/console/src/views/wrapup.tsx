/** After the closing: a minute for the note, then the place is free for somebody else. */
import type { Summary } from "@prek/wire";
import { neighbour, select } from "../commands";
import { wantFocus } from "../focus";
import { useShown } from "./context";

export function WrapUp({ summary }: { readonly summary: Summary }) {
  const { desk, state, t, span, now } = useShown();
  const { conversation, wrapup } = summary;
  if (wrapup === null) return null;
  const whole = (state.directory?.timing.wrapup_s ?? 60) * 1_000;
  const left = Math.max(0, Date.parse(wrapup.until) - now);
  const share = Math.min(100, (100 * left) / whole);
  const write = () => {
    desk.dispatch({ type: "pane", pane: "details" });
    wantFocus("note", conversation);
  };
  return (
    <section class="foot wrapup" aria-labelledby="wrapup">
      <div>
        <h3 id="wrapup">{t("wrapup")}</h3>
        <p>{t("wrapup_text")}</p>
        <div role="status">
          {summary.rating !== null && <p>{t(`event_rated_${summary.rating}`)}</p>}
          {summary.forget_asked_at !== null && <p>{t("wrapup_forget")}</p>}
        </div>
        <div class="countdown" role="timer" aria-label={t("wrapup_time")}>
          <span>{left > 0 ? t("wrapup_left", { time: span(left) }) : t("wrapup_over")}</span>
          <div class="bar" aria-hidden="true"><i style={{ inlineSize: `${share}%` }} /></div>
        </div>
      </div>
      <div class="buttons">
        <button
          type="button"
          class="ds-button"
          onClick={() => {
            const next = neighbour(state, 1);
            desk.act({ type: "wrapup_done", conversation });
            if (next !== conversation) select(desk, next);
          }}
        >
          {t("wrapup_done")}
        </button>
        <button type="button" class="ds-button" data-variant="tertiary" onClick={write}>
          {t("wrapup_write")}
        </button>
      </div>
    </section>
  );
}
