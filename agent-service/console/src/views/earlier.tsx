/** What the citizen asked before: the list beside the facts, and each dialogue to read. */
import type { Summary } from "@prek/wire";
import { useEffect, useState } from "preact/hooks";
import { deadline } from "../clock";
import { type EarlierEnquiry, mayAskEarlier } from "../earlier";
import { useShown } from "./context";
import { Reading } from "./reading";

export function Earlier({ summary }: { readonly summary: Summary }) {
  const { desk, state, t, topic, language, now } = useShown();
  const { conversation } = summary;
  const may = mayAskEarlier(state, conversation);
  // Asked again with every new line to the server: another of the citizen's may have ended.
  useEffect(() => {
    if (may) void desk.askEarlier(conversation);
  }, [conversation, may]);
  const [open, setOpen] = useState<EarlierEnquiry | null>(null);
  const answer = state.earlier[conversation];
  if (answer === undefined || answer === "none") return null;
  if (answer === "asking") return <Section><p role="status">{t("loading")}</p></Section>;
  if (answer === "failed") {
    return (
      <Section>
        <p role="status">{t("earlier_failed")}</p>
        <button
          type="button"
          class="ds-button"
          data-variant="secondary"
          onClick={() => void desk.askEarlier(conversation)}
        >
          {t("try_again")}
        </button>
      </Section>
    );
  }
  if (answer.length === 0) return null;
  return (
    <Section>
      <ol class="earlier">
        {answer.map((one) => (
          <Row key={one.conversation} enquiry={one} show={() => setOpen(one)} />
        ))}
      </ol>
      {open !== null && (
        <Reading
          conversation={open.conversation}
          title={`${topic(open.topic)} · ${deadline(open.opened_at, now, language)}`}
          close={() => setOpen(null)}
        />
      )}
    </Section>
  );
}

function Section({ children }: { readonly children: preact.ComponentChildren }) {
  const { t } = useShown();
  return (
    <section aria-labelledby="earlier">
      <h2 id="earlier">{t("earlier")}</h2>
      {children}
    </section>
  );
}

interface RowProps {
  readonly enquiry: EarlierEnquiry;
  readonly show: () => void;
}

function Row({ enquiry, show }: RowProps) {
  const { t, topic, department, agent, language, now } = useShown();
  const { opened_at, outcome, agents, rating, state } = enquiry;
  const time = deadline(opened_at, now, language);
  const about = topic(enquiry.topic);
  const facts = [
    department(enquiry.department),
    ...(agents.length > 0 ? [agents.map(agent).join(", ")] : []),
    state === "closed" ? t(outcome === null ? "earlier_closed" : `outcome_${outcome}`) : t(`state_${state}`),
    ...(rating === null ? [] : [t(`event_rated_${rating}`)]),
  ];
  return (
    <li>
      <p><strong>{about}</strong> · <time dateTime={opened_at}>{time}</time></p>
      <p class="hint">{facts.join(" · ")}</p>
      <button
        type="button"
        class="ds-button"
        data-variant="secondary"
        data-size="sm"
        aria-haspopup="dialog"
        aria-label={t("earlier_read_named", { topic: about, time })}
        onClick={show}
      >
        {t("earlier_read")}
      </button>
    </li>
  );
}
