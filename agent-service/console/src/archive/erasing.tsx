/** What is over its time: looked at first, then erased when somebody says so. */
import { useState } from "preact/hooks";
import { approve, failed, preview, type Retention, retention, type Run } from "./asking";
import { Table, useAnswer, Waiting } from "./parts";
import { RunView } from "./run";
import { useArchiveWords } from "./words";

export function Erasing() {
  const { t, wrong } = useArchiveWords();
  const { answer, load } = useAnswer(retention, "");
  const [open, setOpen] = useState<string | null>(null);
  const [problem, setProblem] = useState("");
  const [under, setUnder] = useState(false);
  const found = answer === null || failed(answer) ? null : answer;
  const look = async () => {
    if (under) return;
    setUnder(true);
    const run = await preview();
    setUnder(false);
    if (failed(run)) return setProblem(wrong(run.code));
    setProblem("");
    setOpen(run.id);
    await load();
  };
  const yes = async (run: Run) => {
    const answer = await approve(run.id);
    await load();
    return failed(answer) ? wrong(answer.code) : null;
  };
  return (
    <>
      <Waiting answer={answer} />
      {found !== null && (
        <>
          <Rules found={found} />
          <p>{t(`ar_erases_${found.erases}`)}</p>
          <button
            type="button"
            class="ds-button"
            aria-disabled={under}
            onClick={() => void look()}
          >
            {t("ar_look")}
          </button>
          <p role="status">{under && t("loading")}</p>
          <p role="alert" class="error">{problem}</p>
          {open !== null && <RunView id={open} approve={yes} />}
          <Runs runs={found.runs} open={setOpen} />
        </>
      )}
    </>
  );
}

function Rules({ found }: { readonly found: Retention }) {
  const { t, choice, topic } = useArchiveWords();
  if (found.rules.length === 0) return <p class="ds-alert" data-color="info">{t("ar_no_rules")}</p>;
  return (
    <Table
      caption={t("ar_rules")}
      heads={[t("ar_choice"), t("ar_topic"), t("ar_kept"), t("ar_basis")]}
    >
      {found.rules.map((rule) => (
        <tr key={`${rule.archive} ${rule.topic ?? ""}`}>
          <th scope="row">{choice(rule.archive)}</th>
          <td>{rule.topic === null ? t("ar_all_topics") : topic(rule.topic)}</td>
          <td>
            {t(rule.archive === "none" ? "ar_days_from_end" : "ar_days_from_receipt", {
              n: rule.kept_days,
            })}
          </td>
          <td><bdi>{rule.legal_basis}</bdi></td>
        </tr>
      ))}
    </Table>
  );
}

interface RunsProps {
  readonly runs: readonly Run[];
  readonly open: (id: string) => void;
}

function Runs({ runs, open }: RunsProps) {
  const { t, when, agent } = useArchiveWords();
  if (runs.length === 0) return null;
  return (
    <>
      <h4>{t("ar_runs")}</h4>
      <Table
        caption={t("ar_runs")}
        heads={[t("ar_made"), t("ar_kind"), t("ar_status"), t("ar_count"), t("ar_do")]}
      >
        {runs.map((run) => (
          <tr key={run.id}>
            <th scope="row">
              {when(run.made_at)} <small class="hint">{agent(run.made_by)}</small>
            </th>
            <td>{t(`ar_kind_${run.kind}`)}</td>
            <td>{t(`ar_run_${run.state}`)}</td>
            <td>{t("ar_run_count", { n: run.count, erased: run.erased, left: run.left })}</td>
            <td>
              <button
                type="button"
                class="as-link"
                aria-label={t("ar_show_of", { when: when(run.made_at) })}
                onClick={() => open(run.id)}
              >
                {t("ar_show")}
              </button>
            </td>
          </tr>
        ))}
      </Table>
    </>
  );
}
