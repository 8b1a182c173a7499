/** Every change of the set-up: who, when, what was before and after, and taking it back. */
import { useEffect, useState } from "preact/hooks";
import { clockTime, longDate } from "../clock";
import type { Key } from "../texts";
import { ask, codeOf } from "./asking";
import { PROPERTIES } from "./document";
import { Differences } from "./difference-view";
import { changed, type Changes } from "./draft";
import { useEditing } from "./editing";
import { type Finding, Findings } from "./findings";
import { said } from "./said";

export interface Change {
  readonly version: number;
  readonly by: string;
  readonly at: string;
  readonly what: {
    readonly set_up?: Changes;
    readonly emergency?: unknown;
    readonly undo_of?: number;
  };
}

const PAGE = 20;

interface HistoryProps {
  readonly names: (agent: string) => string;
  /** Told when a change has been taken back. */
  readonly undone: () => Promise<void>;
}

export function History({ names, undone }: HistoryProps) {
  const { draft, t } = useEditing();
  const [changes, setChanges] = useState<readonly Change[]>([]);
  const [more, setMore] = useState(false);
  const [state, setState] = useState<"loading" | "there" | Key>("loading");
  const { version } = draft.base;
  const fetch = async (before: readonly Change[]) => {
    const last = before.at(-1)?.version;
    const from = last === undefined ? "" : `&before=${last}`;
    const answer = await ask("GET", `/api/set-up/changes?limit=${PAGE}${from}`);
    if (answer.status !== 200) return setState(said(codeOf(answer)));
    const page = answer.body as { changes: Change[]; more: boolean };
    setChanges([...before, ...page.changes]);
    setMore(page.more);
    setState("there");
  };
  useEffect(() => void fetch([]), [version]);
  if (state === "loading") return <p role="status">{t("loading")}</p>;
  if (state !== "there")
    return (
      <p class="ds-alert" data-color="danger" role="alert">
        {t(state)}
      </p>
    );
  if (changes.length === 0) return <p class="empty">{t("su_history_none")}</p>;
  return (
    <>
      <ol class="change-list">
        {changes.map((change) => (
          <li key={change.version}>
            <One {...{ change, names, undone }} />
          </li>
        ))}
      </ol>
      {more && (
        <button
          type="button"
          class="ds-button"
          data-variant="secondary"
          onClick={() => void fetch(changes)}
        >
          {t("su_history_more")}
        </button>
      )}
    </>
  );
}

interface OneProps extends HistoryProps {
  readonly change: Change;
}

function One({ change: { version, by, at, what }, names, undone }: OneProps) {
  const { draft, t, language } = useEditing();
  const [outcome, setOutcome] = useState<{ readonly key: Key; readonly parts: string } | null>(
    null,
  );
  const [findings, setFindings] = useState<readonly Finding[]>([]);
  const [busy, setBusy] = useState(false);
  const changes = what.set_up ?? {};
  const parts = changed(changes)
    .map((property) => t(`su_property_${property}`))
    .join(", ");
  const undo = async () => {
    if (busy) return;
    setBusy(true);
    const answer = await ask("POST", "/api/set-up/undo", { version, now: draft.base.version });
    setBusy(false);
    const body = (answer.body ?? {}) as { parts?: string[]; findings?: Finding[] };
    setFindings(answer.status === 200 ? [] : (body.findings ?? []));
    if (answer.status === 200) {
      setOutcome({ key: "su_undone", parts: "" });
      return undone();
    }
    const clash = PROPERTIES.filter((property) => body.parts?.includes(property) === true);
    const names_ = clash.map((property) => t(`su_property_${property}`)).join(", ");
    setOutcome({ key: said(codeOf(answer)), parts: names_ });
  };
  return (
    <article>
      <h4>{t("su_change_n", { n: version })}</h4>
      <p>
        {t("su_change_by", {
          who: names(by),
          day: longDate(at, language),
          time: clockTime(at, language),
        })}
      </p>
      {what.undo_of !== undefined && <p>{t("su_change_undo_of", { n: what.undo_of })}</p>}
      {what.set_up === undefined ? (
        <p>{t(what.emergency === null ? "su_change_emergency_off" : "su_change_emergency")}</p>
      ) : (
        <>
          <details>
            <summary>{t("su_change_what", { parts })}</summary>
            <Differences changes={changes} />
          </details>
          <button
            type="button"
            class="ds-button"
            data-variant="secondary"
            aria-disabled={busy}
            onClick={() => void undo()}
          >
            {t("su_undo_change", { n: version })}
          </button>
        </>
      )}
      <div role="status">
        {outcome !== null && <p>{t(outcome.key, { parts: outcome.parts })}</p>}
        <Findings findings={findings} />
      </div>
    </article>
  );
}
