/** After the closing: a minute for what became of it and a note, then the place is free. */
import type { Summary } from "@prek/wire";
import { useEffect, useRef, useState } from "preact/hooks";
import { chosenFor, isUnclassified, usualFor } from "../classifying";
import { neighbour, select } from "../commands";
import { wantFocus } from "../focus";
import { Classify, LeaveUnclassified } from "./classify";
import { useShown } from "./context";

export function WrapUp({ summary }: { readonly summary: Summary }) {
  const { desk, state, t, span, now } = useShown();
  const { conversation, wrapup } = summary;
  const [asks, setAsks] = useState(false);
  const section = useRef<HTMLElement>(null);
  useEffect(() => {
    // Whoever was writing when the citizen left has lost the field: go on here.
    if (document.activeElement === document.body) section.current?.focus();
  }, []);
  if (wrapup === null) return null;
  const whole = (state.directory?.timing.wrapup_s ?? 60) * 1_000;
  const left = Math.max(0, Date.parse(wrapup.until) - now);
  const share = Math.min(100, (100 * left) / whole);
  const write = () => {
    desk.dispatch({ type: "pane", pane: "details" });
    wantFocus("note", conversation);
  };
  const leave = () => {
    const next = neighbour(state, 1);
    desk.act({ type: "wrapup_done", conversation });
    if (next !== conversation) select(desk, next);
  };
  const done = () => {
    // The state and not what was drawn: a choice may have been made just now.
    const chosen = chosenFor(summary, desk.state);
    const archive = chosen.archive ?? usualFor(summary, desk.state);
    if (isUnclassified({ ...chosen, archive })) return setAsks(true);
    // Who is done with the usual choice in view has made it.
    if (chosen.archive === null) desk.act({ type: "classify", conversation, archive });
    return leave();
  };
  return (
    <section class="foot wrapup" aria-labelledby="wrapup" tabIndex={-1} ref={section}>
      <div class="about">
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
      <Classify summary={summary} usual={usualFor(summary, state)} />
      {asks ? (
        <LeaveUnclassified
          leave={leave}
          back={() => {
            setAsks(false);
            wantFocus("outcome", conversation);
          }}
        />
      ) : (
        <div class="buttons">
          <button type="button" class="ds-button" onClick={done}>
            {t("wrapup_done")}
          </button>
          <button type="button" class="ds-button" data-variant="tertiary" onClick={write}>
            {t("wrapup_write")}
          </button>
        </div>
      )}
    </section>
  );
}
