/** How long everything may take, in words and in the unit people think in. */
import type { Timing as Times } from "@prek/wire";
import { SpotContext, useEditing } from "../editing";
import { NumberField } from "../fields";

const UNITS = { s: 1, min: 60, h: 3_600, days: 1 } as const;
type Unit = keyof typeof UNITS;

/** Groups of times as they follow each other, each with its unit. */
const GROUPS = {
  line: [
    ["target_s", "s"],
    ["preferred_s", "s"],
    ["lower_level_after_s", "s"],
    ["generalist_after_s", "s"],
    ["offer_written_after_s", "s"],
    ["citizen_gone_s", "min"],
  ],
  offer: [
    ["offer_s", "s"],
    ["owner_grace_s", "s"],
    ["wrapup_s", "s"],
  ],
  silence: [
    ["first_reply_nudge_s", "s"],
    ["first_reply_leader_s", "s"],
    ["first_reply_requeue_s", "s"],
    ["nudge_s", "s"],
  ],
  handover: [
    ["handover_s", "s"],
    ["handover_away_s", "min"],
    ["alert_s", "s"],
    ["alert_leader_s", "min"],
  ],
  later: [
    ["written_due_s", "h"],
    ["follows_days", "days"],
    ["glimpse_s", "min"],
  ],
} as const satisfies Record<string, readonly (readonly [keyof Times, Unit])[]>;

export function Timing() {
  const { now, put, t } = useEditing();
  const { timing } = now;
  return (
    <SpotContext.Provider value={{ part: "timing", entry: "" }}>
      <p class="hint">{t("su_timing_hint")}</p>
      {(Object.keys(GROUPS) as (keyof typeof GROUPS)[]).map((group) => (
        <fieldset key={group} class="step times">
          <legend class="ds-label">{t(`su_times_${group}`)}</legend>
          {GROUPS[group].map(([name, unit]) => (
            <NumberField
              key={name}
              field={name}
              label={`${t(`su_time_${name}`)} (${t(`su_unit_${unit}`)})`}
              step="any"
              value={timing[name] / UNITS[unit]}
              change={(value, at) => put("timing", { ...timing, [name]: value * UNITS[unit] }, at)}
            />
          ))}
        </fieldset>
      ))}
    </SpotContext.Provider>
  );
}
