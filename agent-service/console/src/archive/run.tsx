/** One look at what is over its time: how many, why, and which; and the yes that erases them. */
import { useEffect, useState } from "preact/hooks";
import { failed, type Run, runOf, type RunPage } from "./asking";
import { Table, useAnswer, Waiting } from "./parts";
import { useArchiveWords } from "./words";

const LOOK_AGAIN_MS = 1_000;

interface RunProps {
  readonly id: string;
  /** What is wrong in words, or null. */
  readonly approve: (run: Run) => Promise<string | null>;
}

export function RunView({ id, approve }: RunProps) {
  const { answer, load } = useAnswer(() => runOf(id), id);
  const found = answer === null || failed(answer) ? null : answer;
  const running = found?.run.state === "running";
  useEffect(() => {
    if (!running) return undefined;
    const timer = setInterval(() => void load(), LOOK_AGAIN_MS);
    return () => clearInterval(timer);
  }, [running, id]);
  const yes = async (run: Run) => {
    const wrong = await approve(run);
    await load();
    return wrong;
  };
  return (
    <div class="grave">
      <Waiting answer={answer} />
      {found !== null && <Shown found={found} approve={yes} />}
    </div>
  );
}

interface ShownProps {
  readonly found: RunPage;
  readonly approve: (run: Run) => Promise<string | null>;
}

function Shown({ found: { run, groups, steps, more }, approve }: ShownProps) {
  const { t, when, said, choice, topic, department, reference } = useArchiveWords();
  return (
    <>
      <h4>{t("ar_run", { when: when(run.made_at) })}</h4>
      <p role="status">
        {t(`ar_run_${run.state}`)}{" "}
        {t("ar_run_count", { n: run.count, erased: run.erased, left: run.left })}
      </p>
      {run.walled > 0 && <p class="hint">{t("ar_run_walled", { n: run.walled })}</p>}
      {run.more && <p class="hint">{t("ar_run_more")}</p>}
      {groups.length > 0 && (
        <Table
          caption={t("ar_groups")}
          heads={[t("ar_choice"), t("ar_topic"), t("ar_why"), t("ar_basis"), t("ar_count")]}
        >
          {groups.map((group) => (
            <tr key={`${group.archive ?? ""} ${group.topic ?? ""} ${group.why}`}>
              <th scope="row">{choice(group.archive)}</th>
              <td>{topic(group.topic)}</td>
              <td>{said(`ar_why_${group.why}`, group.why)}</td>
              <td><bdi>{group.legal_basis}</bdi></td>
              <td>{group.count}</td>
            </tr>
          ))}
        </Table>
      )}
      {steps.length > 0 && (
        <details>
          <summary>{t("ar_steps", { n: steps.length })}</summary>
          <Table
            caption={t("ar_steps", { n: steps.length })}
            heads={[t("ar_reference"), t("ar_topic"), t("ar_why"), t("ar_status")]}
          >
            {steps.map((step) => (
              <tr key={step.conversation}>
                <th scope="row"><bdi>{reference(step.conversation)}</bdi></th>
                <td>
                  {topic(step.topic)} <small class="hint">{department(step.department)}</small>
                </td>
                <td>{said(`ar_why_${step.why}`, step.why)}</td>
                <td>
                  {step.result === null ? "" : t(`ar_result_${step.result}`)}{" "}
                  {step.left_why !== null && said(`ar_why_${step.left_why}`, step.left_why)}
                </td>
              </tr>
            ))}
          </Table>
          {more && <p class="hint">{t("ar_steps_more")}</p>}
        </details>
      )}
      {run.state === "previewed" && run.count > 0 && <Approve {...{ run, approve }} />}
    </>
  );
}

interface ApproveProps {
  readonly run: Run;
  readonly approve: (run: Run) => Promise<string | null>;
}

/** What is erased does not come back: it is asked for twice. */
function Approve({ run, approve }: ApproveProps) {
  const { t } = useArchiveWords();
  const [sure, setSure] = useState(false);
  const [problem, setProblem] = useState("");
  const press = async () => {
    if (!sure) return setSure(true);
    setProblem((await approve(run)) ?? "");
    setSure(false);
  };
  return (
    <>
      <p id="ar-approve-what">{t("ar_approve_what", { n: run.count })}</p>
      <div class="buttons">
        <button
          type="button"
          class="ds-button"
          data-color="danger"
          aria-describedby="ar-approve-what"
          onClick={() => void press()}
        >
          {t(sure ? "ar_approve_sure" : "ar_approve")}
        </button>
        {sure && (
          <button
            type="button"
            class="ds-button"
            data-variant="secondary"
            onClick={() => setSure(false)}
          >
            {t("cancel")}
          </button>
        )}
      </div>
      <p role="alert" class="error">{problem}</p>
    </>
  );
}
