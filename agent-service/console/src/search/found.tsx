/** What was found: where it stands, and the conversation itself to read. */
import { useState } from "preact/hooks";
import { clockTime, longDate } from "../clock";
import { useShown } from "../views/context";
import { Reading } from "../views/reading";
import type { Excerpt, Result } from "./asking";

/** Letters of the id that a conversation is called by. */
const REFERENCE = 6;

function referenceOf({ conversation }: Result): string {
  return conversation.slice(-REFERENCE).toUpperCase();
}

export function Found({ results }: { readonly results: readonly Result[] }) {
  const { t } = useShown();
  const [open, setOpen] = useState<Result | null>(null);
  return (
    <>
      <ol class="results" aria-label={t("search_results")}>
        {results.map((result) => (
          <Row key={result.conversation} result={result} read={() => setOpen(result)} />
        ))}
      </ol>
      {open !== null && (
        <Reading
          conversation={open.conversation}
          title={t("search_reading", { ref: referenceOf(open) })}
          at={open.excerpts.find(({ stream }) => stream.startsWith("dialogue"))}
          close={() => setOpen(null)}
        />
      )}
    </>
  );
}

interface RowProps {
  readonly result: Result;
  readonly read: () => void;
}

function Row({ result, read }: RowProps) {
  const { t, topic, department, agent, language } = useShown();
  const { opened_at, state, outcome, archive } = result;
  const facts = [
    department(result.department),
    topic(result.topic),
    t(`state_${state}`),
    outcome === null ? null : t(`outcome_${outcome}`),
    archive === null ? t("search_unclassified") : t(`archive_${archive}`),
    ...result.agents.map(agent),
  ];
  return (
    <li>
      <h3>
        <button type="button" class="as-link" aria-haspopup="dialog" onClick={read}>
          {t("search_read", { ref: referenceOf(result) })}
        </button>{" "}
        <time dateTime={opened_at}>
          {longDate(opened_at, language)}, {clockTime(opened_at, language)}
        </time>
      </h3>
      <p class="hint">
        <bdi>{facts.filter((fact) => fact !== null).join(" · ")}</bdi>
      </p>
      {result.excerpts.map((excerpt) => (
        <Words key={`${excerpt.stream} ${excerpt.seq}`} excerpt={excerpt} />
      ))}
    </li>
  );
}

function Words({ excerpt: { stream, parts } }: { readonly excerpt: Excerpt }) {
  const { t } = useShown();
  return (
    <p class="excerpt">
      {stream.startsWith("desk") && <span class="hint">{t("search_note")} </span>}
      <bdi>
        {parts.map(({ text, hit }, n) => (hit ? <mark key={n}>{text}</mark> : text))}
      </bdi>
    </p>
  );
}
