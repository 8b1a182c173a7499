/** What the agent must know and may act on: the line is down, set away, something was refused. */
import type { Summary } from "@prek/wire";
import { alarms } from "../board";
import { select } from "../commands";
import type { Alert as AlertOf } from "../model";
import { owedByMe, owedByOthers } from "../nudges";
import { useShown } from "./context";
import { EmergencyBanner } from "./emergency";
import { Lasting } from "./lasting";

export function Notices() {
  const { state, t } = useShown();
  return (
    <section class="notices" aria-label={t("notices")}>
      <Lost />
      <EmergencyBanner />
      <Lasting />
      <ForcedAway />
      <Alarms />
      <Owed />
      <div role="alert" class="alerts">
        {state.alerts.map((alert) => <Alert key={alert.id} alert={alert} />)}
      </div>
    </section>
  );
}

function Lost() {
  const { state, t } = useShown();
  const unsent = state.outbox.entries.length;
  const lost = state.link === "lost";
  return (
    <div role="status">
      {lost && (
        <p class="notice ds-alert" data-color="warning">
          {t("link_lost")} {unsent > 0 && t("link_unsent", { n: unsent })}
        </p>
      )}
    </div>
  );
}

function ForcedAway() {
  const { desk, state, t } = useShown();
  const away = state.own.presence === "forced_away";
  return (
    <div role="alert">
      {away && (
        <div class="notice ds-alert" data-color="warning">
          <h2>{t("forced_away_title")}</h2>
          <p>{t("forced_away_text")}</p>
          <button type="button" class="ds-button" onClick={() => desk.choose("available")}>
            {t("forced_away_return")}
          </button>
        </div>
      )}
    </div>
  );
}

/**
 * Every alarm that nobody has dealt with; the announcer says a new one aloud. The one on screen
 * stands over its dialogue already, unless a narrow screen shows another column.
 */
function Alarms() {
  const { state, t, title, agent } = useShown();
  return (
    <>
      {alarms(state.board).map((summary) => (
        <div
          key={summary.conversation}
          class="notice ds-alert"
          data-color="danger"
          data-open={state.selected === summary.conversation}
        >
          <p>
            <strong>{t("alarm_on", { alarm: t(`alarm_${summary.alarm ?? "danger"}`) })}.</strong>{" "}
            <bdi>{title(summary)}</bdi> ·{" "}
            {summary.owner === null
              ? t(`state_${summary.state}`)
              : summary.owner === state.board.me
                ? t("with_you")
                : t("with_owner", { name: agent(summary.owner) })}
          </p>
          <Show summary={summary} />
        </div>
      ))}
    </>
  );
}

/** Accepted, and not a word yet: to the owner, and when that did not help to the leaders. */
function Owed() {
  const { state, t, title, agent, now } = useShown();
  const mine = owedByMe(state, now);
  const others = owedByOthers(state, now);
  return (
    <>
      {[...mine, ...others].map((summary) => (
        <div key={summary.conversation} class="notice ds-alert" data-color="warning">
          <p>
            {summary.owner === state.board.me
              ? t("first_reply_mine", { title: title(summary) })
              : t("first_reply_other", { title: title(summary), name: agent(summary.owner ?? "") })}
          </p>
          <Show summary={summary} />
        </div>
      ))}
    </>
  );
}

function Show({ summary: { conversation } }: { readonly summary: Summary }) {
  const { desk, state, t } = useShown();
  if (state.selected === conversation) return null;
  return (
    <button
      type="button"
      class="ds-button"
      data-variant="secondary"
      onClick={() => select(desk, conversation)}
    >
      {t("show_conversation")}
    </button>
  );
}

function Alert({ alert }: { readonly alert: AlertOf }) {
  const { desk, t, topic, agent } = useShown();
  const { topic: about = "", words = "", name = "" } = alert.params;
  const quoted = words === "" ? t("no_topic") : `«${words}»`;
  const params = {
    what: about === "" ? quoted : topic(String(about)),
    name: agent(String(name)),
  };
  const dismiss = () => desk.dispatch({ type: "dismiss", alert: alert.id });
  return (
    <div class="notice ds-alert" data-color={alert.tone}>
      <p>
        {t(alert.title, params)} {alert.reason !== null && t(alert.reason)}{" "}
        {alert.text?.where === "returned" && t("text_returned")}
      </p>
      {alert.text?.where === "kept" && <Kept text={alert.text.text} />}
      <button type="button" class="ds-button" data-variant="tertiary" onClick={dismiss}>
        {t("dismiss")}
      </button>
    </div>
  );
}

/** A text that has no field to go back to: shown whole, so that it can be copied. */
function Kept({ text }: { readonly text: string }) {
  const { t } = useShown();
  return (
    <>
      <blockquote class="kept"><bdi>{text}</bdi></blockquote>
      <button
        type="button"
        class="ds-button"
        data-variant="secondary"
        onClick={() => void navigator.clipboard.writeText(text)}
      >
        {t("copy_text")}
      </button>
    </>
  );
}
