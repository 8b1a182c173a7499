/** Danger to life, threats, abuse: calling the leaders, and saying that it has been dealt with. */
import type { Summary } from "@prek/wire";
import { useLayoutEffect, useRef } from "preact/hooks";
import { mayDecide } from "../glass";
import { useShown } from "./context";

export const ALARMS = ["danger", "threat", "abuse"] as const;

/** The mark of an alarm in a list: a sign and words, whatever the colours are. */
export function AlarmMark({ summary }: { readonly summary: Summary }) {
  const { t } = useShown();
  if (summary.alarm === null) return null;
  return (
    <span class="turn alarm">
      <span aria-hidden="true">⚠ </span>
      {t("alarm_on", { alarm: t(`alarm_${summary.alarm}`) })}
    </span>
  );
}

/** The alarm over the dialogue it is about. */
export function AlarmBar({ summary }: { readonly summary: Summary }) {
  const { desk, state, t } = useShown();
  const { conversation, alarm } = summary;
  if (alarm === null) return null;
  return (
    <div class="asked ds-alert" data-color="danger" role="group" aria-label={t("alarm")}>
      <p>
        <strong>{t("alarm_on", { alarm: t(`alarm_${alarm}`) })}.</strong>{" "}
        {alarm === "danger" && t("alarm_numbers")}
      </p>
      {mayDecide(summary, state) && (
        <button
          type="button"
          class="ds-button"
          data-variant="secondary"
          onClick={() => desk.act({ type: "clear_alarm", conversation })}
        >
          {t("alarm_clear")}
        </button>
      )}
    </div>
  );
}

/** Which kind: one click more, and the leaders know. */
export function RaiseAlarm({ summary }: { readonly summary: Summary }) {
  const { desk, ask, t } = useShown();
  const { conversation } = summary;
  const first = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => first.current?.focus(), []);
  return (
    <div
      class="asked"
      data-color="danger"
      role="group"
      aria-label={t("alarm_raise")}
      onKeyDown={(event) => event.key === "Escape" && ask(null)}
    >
      <p id="alarm-ask">{t("alarm_ask")} {t("alarm_numbers")}</p>
      <div class="buttons">
        {ALARMS.map((alarm, n) => (
          <button
            key={alarm}
            type="button"
            class="ds-button"
            data-variant="secondary"
            ref={n === 0 ? first : null}
            aria-describedby="alarm-ask"
            onClick={() => {
              ask(null);
              desk.act({ type: "alarm", conversation, alarm });
            }}
          >
            {t(`alarm_${alarm}`)}
          </button>
        ))}
        <button type="button" class="ds-button" data-variant="tertiary" onClick={() => ask(null)}>
          {t("cancel")}
        </button>
      </div>
    </div>
  );
}
