/** What the agent must know and may act on: the line is down, set away, something was refused. */
import type { Alert as AlertOf } from "../model";
import { useShown } from "./context";

export function Notices() {
  const { state, t } = useShown();
  return (
    <section class="notices" aria-label={t("notices")}>
      <Lost />
      <ForcedAway />
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
