/** A trial in the simulator: how a day would go as it is, and as it is wanted. */
import { useState } from "preact/hooks";
import { isKey, type Key } from "../texts";
import { ask, codeOf } from "./asking";
import { useEditing } from "./editing";
import { type Figure, FIGURES, type Outcome, verdict } from "./outcomes";
import { said } from "./said";

interface Scenario {
  readonly name: string;
  readonly now: Outcome;
  readonly wanted: Outcome;
}

export function Trial() {
  const { now, t } = useEditing();
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<Key | null>(null);
  const [tried, setTried] = useState<{
    readonly of: unknown;
    readonly scenarios: readonly Scenario[];
  } | null>(null);
  const run = async () => {
    if (busy) return;
    setBusy(true);
    setWrong(null);
    const answer = await ask("POST", "/api/set-up/simulate", now);
    setBusy(false);
    if (answer.status !== 200) return setWrong(said(codeOf(answer)));
    setTried({ of: now, scenarios: (answer.body as { scenarios: Scenario[] }).scenarios });
  };
  return (
    <section class="trial">
      <h4>{t("su_trial")}</h4>
      <p class="hint">{t("su_trial_hint")}</p>
      <button
        type="button"
        class="ds-button"
        data-variant="secondary"
        aria-disabled={busy}
        onClick={() => void run()}
      >
        {t(busy ? "su_trial_running" : "su_trial_run")}
      </button>
      <div role="status">
        {wrong !== null && (
          <p class="ds-alert" data-color="danger">
            {t(wrong)}
          </p>
        )}
        {tried !== null && tried.of !== now && <p class="hint">{t("su_trial_old")}</p>}
        {tried?.scenarios.map((scenario) => (
          <Compared key={scenario.name} of={scenario} />
        ))}
      </div>
    </section>
  );
}

function Compared({ of: { name, now, wanted } }: { readonly of: Scenario }) {
  const { t } = useEditing();
  const key = `su_scenario_${name}`;
  return (
    <div class="scrolling" role="region" aria-label={isKey(key) ? t(key) : name} tabIndex={0}>
      <table>
        <caption>{isKey(key) ? t(key) : name}</caption>
        <thead>
          <tr>
            <th scope="col">{t("su_trial_what")}</th>
            <th scope="col">{t("su_trial_now")}</th>
            <th scope="col">{t("su_trial_wanted")}</th>
            <th scope="col">{t("su_trial_verdict")}</th>
          </tr>
        </thead>
        <tbody>
          {FIGURES.map((figure) => (
            <tr key={figure}>
              <th scope="row">{t(`su_figure_${figure}`)}</th>
              <td>
                <Value {...{ figure }} value={now[figure]} />
              </td>
              <td>
                <Value {...{ figure }} value={wanted[figure]} />
              </td>
              <td>{t(`su_verdict_${verdict(figure, now[figure], wanted[figure])}`)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Value({ figure, value }: { readonly figure: Figure; readonly value: number | null }) {
  const { t, language } = useEditing();
  if (value === null) return <>–</>;
  if (figure.endsWith("_s")) return <>{t("seconds", { n: Math.round(value) })}</>;
  const shape = { style: "percent", maximumFractionDigits: 1 } as const;
  return <>{new Intl.NumberFormat(language, shape).format(value)}</>;
}
