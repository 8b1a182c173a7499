/** Conversations offered to this agent: what it is about, how long the offer lasts, yes or no. */
import type { Summary } from "@prek/wire";
import { isWritten, offersToMe } from "../board";
import { acceptOffer, declineOffer } from "../commands";
import { ariaKeys } from "../keys";
import { eventsOf, lastSaid, saying } from "../threads";
import { AlarmMark } from "./alarm";
import { useShown } from "./context";
import { Suggestion } from "./topic";
import { FoldedReasons } from "./why";
import { Due } from "./written";

export function Offers() {
  const { state, t } = useShown();
  const offers = offersToMe(state.board);
  return (
    <section class="offers" aria-label={t("offers")}>
      {offers.map((summary, n) => (
        <Offer key={summary.conversation} summary={summary} first={n === 0} />
      ))}
    </section>
  );
}

interface OfferProps {
  readonly summary: Summary;
  /** The keys are for the offer that runs out first. */
  readonly first: boolean;
}

function Offer({ summary, first }: OfferProps) {
  const { desk, state, t, title, department, agent, span, now } = useShown();
  const { offer, conversation, handover } = summary;
  if (offer === null) return null;
  const answered = state.outbox.entries.some(
    ({ action }) =>
      action.conversation === conversation &&
      (action.type === "accept" || action.type === "decline"),
  );
  const thread = state.threads[conversation];
  const words = saying(lastSaid(thread));
  const internal = eventsOf(thread, "desk");
  const note = internal.findLast(({ body }) => body.kind === "note" && !body.whisper)?.body;
  const offered = internal.findLast(
    ({ body }) => body.kind === "offered" && body.offer === offer.id,
  )?.body;
  const waited = span(now - Date.parse(summary.entered_at));
  return (
    <article class="offer" aria-label={t("offer")}>
      <p class="kind">
        {handover !== null
          ? t("offer_handover", { name: agent(handover.from_agent) })
          : t(isWritten(summary) ? "offer_written" : "offer")}
      </p>
      <h2>{title(summary)}</h2>
      <p class="facts">
        {department(handover?.department ?? summary.department)}
        <Language of={summary} /> · {t("waited_for", { time: waited })}
      </p>
      {words !== "" && summary.topic !== null && (
        <blockquote class="quote"><bdi>{words}</bdi></blockquote>
      )}
      {note?.kind === "note" && (
        <p class="quote note"><span>{t("offer_note")}:</span> <bdi>{note.text}</bdi></p>
      )}
      {(isWritten(summary) || summary.alarm !== null) && (
        <p class="turns"><AlarmMark summary={summary} /><Due summary={summary} /></p>
      )}
      <Suggestion summary={summary} />
      {offered?.kind === "offered" && <FoldedReasons why={offered.why} />}
      <Countdown deadline={offer.deadline} />
      <div class="buttons">
        <button
          type="button"
          class="ds-button"
          aria-keyshortcuts={first ? ariaKeys("accept") : undefined}
          aria-disabled={answered}
          onClick={() => acceptOffer(desk, summary)}
        >
          {answered ? t("offer_answering") : t("offer_accept")}
        </button>
        {!answered && (
          <button
            type="button"
            class="ds-button"
            data-variant="tertiary"
            aria-keyshortcuts={first ? ariaKeys("decline") : undefined}
            onClick={() => declineOffer(desk, summary)}
          >
            {t("offer_decline")}
          </button>
        )}
        {first && <kbd aria-hidden="true">Alt ⇧ A</kbd>}
      </div>
    </article>
  );
}

/** The enquiry's language, when it is not the one the agent reads the desk in. */
export function Language({ of }: { readonly of: Summary }) {
  const { t, language } = useShown();
  if (of.language === language) return null;
  return <> · {t(`lang_${of.language as "nb"}`)}</>;
}

function Countdown({ deadline }: { readonly deadline: string }) {
  const { state, t, now } = useShown();
  const whole = (state.directory?.timing.offer_s ?? 30) * 1_000;
  const left = Math.max(0, Date.parse(deadline) - now);
  const share = Math.min(100, (100 * left) / whole);
  return (
    <div class="countdown" role="timer" aria-label={t("offer_time")}>
      <span>{t("offer_left", { n: Math.round(left / 1_000) })}</span>
      <div class="bar" aria-hidden="true"><i style={{ inlineSize: `${share}%` }} /></div>
    </div>
  );
}
