/** Before it goes live: what is changed, what is wrong, what the linter and the simulator say. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { Key } from "../texts";
import { ask, codeOf } from "./asking";
import type { SetUp } from "./document";
import { Differences } from "./difference-view";
import { changed, changesOf } from "./draft";
import { useEditing } from "./editing";
import { type Finding, Findings } from "./findings";
import { ProblemSummary } from "./problem-summary";
import { said } from "./said";
import { Trial } from "./trial";

interface ReviewProps {
  /** Told when the draft is in force. */
  readonly saved: () => Promise<void>;
  /** Told when somebody else changed it meanwhile. */
  readonly outdated: () => void;
}

type Checked = { readonly of: SetUp; readonly findings: readonly Finding[]; readonly ok: boolean };

export function Review({ saved, outdated }: ReviewProps) {
  const { draft, now, problems, beStrict, discard, t } = useEditing();
  const [checked, setChecked] = useState<Checked | null>(null);
  const [busy, setBusy] = useState<"checking" | "saving" | null>(null);
  const [wrong, setWrong] = useState<Key | null>(null);
  const [done, setDone] = useState<readonly Finding[] | null>(null);
  const title = useRef<HTMLHeadingElement>(null);
  const changes = changesOf(draft.base, now);
  const count = changed(changes).length;
  useEffect(beStrict, []);

  const send = async (trial: boolean) => {
    if (busy !== null) return;
    setBusy(trial ? "checking" : "saving");
    setWrong(null);
    const answer = await ask("PUT", trial ? "/api/set-up?trial=true" : "/api/set-up", now);
    setBusy(null);
    const { findings = [] } = (answer.body ?? {}) as { findings?: Finding[] };
    const code = codeOf(answer);
    if (code === "set_up_outdated") return outdated();
    if (answer.status !== 200 && code !== "set_up_faulty") return setWrong(said(code));
    setChecked({ of: now, findings, ok: answer.status === 200 });
    if (trial || answer.status !== 200) return;
    await saved();
    setDone(findings);
    title.current?.focus();
  };

  if (count === 0) {
    return (
      <>
        <h4 ref={title} tabIndex={-1}>
          {t(done === null ? "su_nothing_changed" : "su_in_force_now")}
        </h4>
        {done === null ? <p>{t("su_nothing_changed_hint")}</p> : <Findings findings={done} />}
      </>
    );
  }
  const current = checked?.of === now ? checked : null;
  return (
    <>
      <ProblemSummary problems={problems} />
      <section>
        <h4>{t("su_changes", { n: count })}</h4>
        <Differences changes={changes} />
      </section>
      {problems.length === 0 && <Trial />}
      <section class="go-live">
        <h4>{t("su_go_live")}</h4>
        <div role="status">
          {busy !== null && <p>{t(busy === "checking" ? "su_checking" : "su_saving")}</p>}
          {wrong !== null && (
            <p class="ds-alert" data-color="danger">
              {t(wrong)}
            </p>
          )}
          {current !== null && current.findings.length === 0 && <p>{t("su_no_findings")}</p>}
          {current !== null && <Findings findings={current.findings} />}
          {current?.ok === false && <p>{t("su_not_in_force")}</p>}
        </div>
        <div class="buttons">
          {problems.length === 0 && current?.ok !== true && (
            <button
              type="button"
              class="ds-button"
              aria-disabled={busy !== null}
              onClick={() => void send(true)}
            >
              {t("su_check")}
            </button>
          )}
          {problems.length === 0 && current?.ok === true && (
            <button
              type="button"
              class="ds-button"
              aria-disabled={busy !== null}
              onClick={() => void send(false)}
            >
              {t("su_put_in_force")}
            </button>
          )}
          <button type="button" class="ds-button" data-variant="secondary" onClick={discard}>
            {t("su_discard")}
          </button>
        </div>
        <p class="hint">{t("su_discard_hint")}</p>
      </section>
    </>
  );
}
