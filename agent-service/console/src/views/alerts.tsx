import { useShown } from "./context";

export function Alerts() {
  const { desk, state, t, topic, agent } = useShown();
  return (
    <div class="alerts" role="alert" aria-label={t("alerts")}>
      {state.alerts.map((alert) => {
        const { topic: about, name } = alert.params;
        const params = {
          ...alert.params,
          topic: topic(about === undefined ? null : String(about)),
          name: name === undefined ? "" : agent(String(name)),
        };
        return (
          <div key={alert.id} class="ds-alert" data-color={alert.tone === "danger" ? "danger" : "info"}>
            <p>
              {t(alert.title, params)} {alert.reason !== null && t(alert.reason)}{" "}
              {alert.text?.where === "returned" && t("text_returned")}
            </p>
            {alert.text?.where === "kept" && <p>{t("text_kept")} <bdi>{alert.text.text}</bdi></p>}
            <button
              type="button"
              class="ds-button"
              data-variant="tertiary"
              onClick={() => desk.dispatch({ type: "dismiss", alert: alert.id })}
            >
              {t("dismiss")}
            </button>
          </div>
        );
      })}
    </div>
  );
}
