/** One event in words. Users' words are text nodes, isolated by `bdi`; links alone are made. */
import { linkify, type WireEvent } from "@prek/wire";
import { useShown } from "./context";

export function Words({ text }: { readonly text: string }) {
  return (
    <bdi class="words">
      {linkify(text).map((part, n) =>
        part.kind === "link" ? (
          <a key={n} class="ds-link" href={part.href} target="_blank" rel="noopener noreferrer nofollow">{part.text}</a>
        ) : (
          part.text
        ),
      )}
    </bdi>
  );
}

export function EventRow({ event }: { readonly event: WireEvent }) {
  const { t, department, state } = useShown();
  const { body, author } = event;
  const time = new Date(event.time);
  const clock = (
    <time dateTime={event.time}>
      {time.toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" })}
    </time>
  );
  if (body.kind !== "message" && body.kind !== "note") {
    return <li class="happened"><p>{clock} {useHappening(event)}</p></li>;
  }
  const mine = author.kind === "agent" && author.id === state.board.me;
  const who =
    author.kind === "citizen"
      ? t("citizen")
      : mine
        ? t("you")
        : t("says", { name: author.name, department: department(author.department) });
  return (
    <li class="message" data-side={author.kind === "citizen" ? "citizen" : "desk"}>
      <p class="by"><bdi>{who}</bdi> {clock}</p>
      <Words text={body.text} />
      {body.masked > 0 && <p class="mark">{t("masked")}</p>}
      {mine && body.kind === "message" && <p class="mark">{t("tick_archived")}</p>}
    </li>
  );
}

function useHappening({ body, author }: WireEvent): string {
  const { t, topic, department, agent } = useShown();
  const name = author.name;
  switch (body.kind) {
    case "opened":
      return body.topic === null ? t("event_opened_bare") : t("event_opened", { topic: topic(body.topic) });
    case "joined":
      return t("event_joined", { name: body.owner.name, department: department(body.owner.department) });
    case "handed_over":
      return t("event_handed_over", { name: body.owner.name, department: department(body.owner.department) });
    case "taken_over":
      return t("event_taken_over", { name: body.owner.name, department: department(body.owner.department) });
    case "handover_requested":
      return body.agent === null
        ? t("event_handover_requested", { name, department: department(body.department) })
        : t("event_handover_requested_agent", { name, agent: agent(body.agent), department: department(body.department) });
    case "handover_returned":
      return t(`event_returned_${body.reason}`);
    case "requeued":
      return t(`event_requeued_${body.reason}`);
    case "closed":
      return t(`event_closed_${body.reason}`, { name });
    case "offered":
      return t("event_offered", { name: agent(body.agent) });
    case "offer_ended":
      return t(`event_offer_${body.outcome}`, { name: agent(body.agent) });
    default:
      return "";
  }
}
