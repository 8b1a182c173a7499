/** "Why?": the routing's reasons in plain words, for what waits and for what was offered. */
import type { Summary, Why } from "@prek/wire";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { isInLine } from "../board";
import { candidateLine, explain } from "../explain";
import type { Thread } from "../model";
import { eventsOf } from "../threads";
import { useShown } from "./context";

/** While it is on screen it is asked again so often, in ms: a wait changes its reason in time. */
const ASK_EVERY_MS = 5_000;

/** The reasons of one decision. */
export function Reasons({ why }: { readonly why: Why }) {
  const shown = useShown();
  const { state, t, agent } = shown;
  const sentences = explain(why, state.directory, shown);
  return (
    <div class="reasons">
      {sentences.map((sentence) => <p key={sentence}>{sentence}</p>)}
      {why.candidates.length > 0 && (
        <>
          <h3>{t("why_candidates")}</h3>
          <ul>
            {why.candidates.map((candidate) => (
              <li key={candidate.agent}>
                <strong>{agent(candidate.agent)}</strong> {candidateLine(candidate, shown)}
              </li>
            ))}
          </ul>
        </>
      )}
      {why.plan !== "" && (
        <p class="hint">{t("why_plan", { plan: why.plan, n: why.step + 1 })}</p>
      )}
    </div>
  );
}

/** The routing's latest word on the conversation on screen. */
export function WhyPanel({ summary }: { readonly summary: Summary }) {
  const { desk, state, ask, t } = useShown();
  const { conversation, version, handover } = summary;
  const waits = isInLine(summary) || handover !== null;
  const whole = useRef<HTMLElement>(null);
  useLayoutEffect(() => whole.current?.focus(), []);
  useEffect(() => {
    const again = () => void desk.explain(conversation);
    again();
    if (!waits) return undefined;
    const clock = window.setInterval(again, ASK_EVERY_MS);
    return () => window.clearInterval(clock);
  }, [conversation, version, waits]);
  const told = state.whys[conversation] ?? "asking";
  // The routing remembers what waits; why it came to its owner stands in the desk's own stream.
  const answer = told === "none" ? (lastOffer(state.threads[conversation]) ?? told) : told;
  const close = () => {
    ask(null);
    desk.dispatch({ type: "pane", pane: "dialogue" });
  };
  return (
    <section
      class="handover"
      aria-label={t("why")}
      tabIndex={-1}
      ref={whole}
      onKeyDown={(event) => event.key === "Escape" && close()}
    >
      <h2>{t("why")}</h2>
      {typeof answer === "string" ? (
        <p role="status">{t(`why_${answer}`)}</p>
      ) : (
        <Reasons why={answer} />
      )}
      <button type="button" class="ds-button" data-variant="tertiary" onClick={close}>
        {t("close_sheet")}
      </button>
    </section>
  );
}

function lastOffer(thread: Thread | undefined): Why | null {
  const body = eventsOf(thread, "desk").findLast(({ body }) => body.kind === "offered")?.body;
  return body?.kind === "offered" ? body.why : null;
}

/** The reasons a decision carries with it, folded away until they are asked for. */
export function FoldedReasons({ why }: { readonly why: Why | null }) {
  const { t } = useShown();
  if (why === null) return null;
  return (
    <details class="folded">
      <summary>{t("why")}</summary>
      <Reasons why={why} />
    </details>
  );
}
