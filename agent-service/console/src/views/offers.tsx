import type { Summary } from "@prek/wire";
import { useEffect } from "preact/hooks";
import { offersToMe } from "../board";
import { eventsOf, lastMessage } from "../threads";
import { useShown } from "./context";

export function Offers() {
  const { state, t, topic } = useShown();
  const offers = offersToMe(state.board);
  const first = offers[0]?.offer?.id ?? null;
  useEffect(() => {
    if (first === null) return undefined;
    const title = document.title;
    document.title = `● ${t("offer_title")}`;
    if ("Notification" in window && Notification.permission === "granted" && document.hidden) {
      new Notification(t("offer_title"), { body: topic(offers[0]?.topic ?? null), tag: first });
    }
    return () => {
      document.title = title;
    };
  }, [first]);
  return (
    <section class="offers" aria-label={t("offers")} aria-live="assertive">
      {offers.map((summary) => <Offer key={summary.conversation} summary={summary} />)}
    </section>
  );
}

function Offer({ summary }: { readonly summary: Summary }) {
  const { desk, state, t, topic, department, agent, now } = useShown();
  const { offer, conversation, handover } = summary;
  if (offer === null) return null;
  const left = Math.max(0, Math.round((Date.parse(offer.deadline) - now) / 1_000));
  const thread = state.threads[conversation];
  const words = lastMessage(thread)?.body;
  const note = [...eventsOf(thread, "desk")].reverse().find(({ body }) => body.kind === "note")?.body;
  return (
    <article class="offer ds-alert" data-color="info">
      <h2>{handover === null ? t("offer") : t("offer_handover", { name: agent(handover.from_agent) })}</h2>
      <p>
        <strong>{topic(summary.topic)}</strong> · {department(handover?.department ?? summary.department)} ·{" "}
        <span aria-hidden="true">{t("offer_left_short", { n: left })}</span>
      </p>
      {words?.kind === "message" && <p class="quote"><bdi>{words.text}</bdi></p>}
      {note?.kind === "note" && <p class="quote">{t("offer_note")}: <bdi>{note.text}</bdi></p>}
      <div class="buttons">
        <button
          type="button"
          class="ds-button"
          aria-keyshortcuts="Alt+Shift+A"
          onClick={() => {
            desk.act({ type: "accept", conversation, offer: offer.id });
            desk.dispatch({ type: "select", conversation });
          }}
        >
          {t("offer_accept")}
        </button>
        <button
          type="button"
          class="ds-button"
          data-variant="tertiary"
          aria-keyshortcuts="Alt+Shift+D"
          onClick={() => desk.act({ type: "decline", conversation, offer: offer.id })}
        >
          {t("offer_decline")}
        </button>
      </div>
    </article>
  );
}
