/** One event in words. Users' words are text nodes, isolated by `bdi`; links alone are made. */
import { linkify, type WireEvent } from "@prek/wire";
import { useMemo } from "preact/hooks";
import { deadline } from "../clock";
import { isWhisper } from "../whispers";
import { Attachment } from "./attachment";
import { useShown } from "./context";
import { FoldedReasons } from "./why";

/** Messages of one author closer together than this, in ms, stand under one name. */
const TOGETHER_MS = 180_000;

export function Words({ text }: { readonly text: string }) {
  const parts = useMemo(() => linkify(text), [text]);
  return (
    <bdi class="words">
      {parts.map((part, n) =>
        part.kind === "link" ? (
          <a
            key={n}
            class="ds-link"
            href={part.href}
            target="_blank"
            rel="noopener noreferrer nofollow"
          >
            {part.text}
          </a>
        ) : (
          part.text
        ),
      )}
    </bdi>
  );
}

interface EventRowProps {
  readonly conversation: string;
  readonly event: WireEvent;
  readonly before?: WireEvent | undefined;
}

export function EventRow({ conversation, event, before }: EventRowProps) {
  const { t, department, state, clock } = useShown();
  const { body, author } = event;
  const happening = useHappening(event);
  const time = <time dateTime={event.time}>{clock(event.time)}</time>;
  if (body.kind !== "message" && body.kind !== "note" && body.kind !== "attached") {
    const words = toldIn(body);
    return (
      <li class="happened">
        {happening} {words !== null && <bdi class="told">{words}</bdi>} {time}
        {body.kind === "offered" && <FoldedReasons why={body.why} />}
      </li>
    );
  }
  const mine = author.kind === "agent" && author.id === state.board.me;
  const who =
    author.kind === "citizen"
      ? t("citizen")
      : mine
        ? t("you")
        : t("says", { name: author.name, department: department(author.department) });
  const whispers = body.kind === "note" && body.whisper;
  const by = !whispers ? who : mine ? t("whisper_own") : t("whisper_by", { name: author.name });
  const goesOn = before !== undefined && isTogether(before, event);
  return (
    <li
      class="message"
      data-kind={body.kind}
      data-side={author.kind === "citizen" ? "citizen" : "desk"}
      data-goes-on={goesOn}
    >
      <p class={goesOn ? "by visually-hidden" : "by"}><bdi>{by}</bdi></p>
      {body.kind === "attached" ? (
        <Attachment conversation={conversation} body={body} mine={mine} />
      ) : (
        <Words text={body.text} />
      )}
      {body.masked > 0 && <p class="mark">{t("masked")}</p>}
      <p class="mark">
        {time}
        {mine && body.kind !== "note" && (
          <span class="ticks" title={t("tick_archived")}>
            <span aria-hidden="true">✓✓</span>
            <span class="visually-hidden">{t("tick_archived")}</span>
          </span>
        )}
      </p>
    </li>
  );
}

/** Somebody's own words in what happened. */
function toldIn(body: WireEvent["body"]): string | null {
  switch (body.kind) {
    case "contact_given":
      return body.contact;
    case "blocked":
    case "glass_broken":
      return body.reason;
    case "rated":
      return body.comment;
    default:
      return null;
  }
}

function isTogether(before: WireEvent, event: WireEvent): boolean {
  return (
    before.body.kind === event.body.kind &&
    isWhisper(before) === isWhisper(event) &&
    before.author.kind === event.author.kind &&
    before.author.id === event.author.id &&
    Date.parse(event.time) - Date.parse(before.time) < TOGETHER_MS
  );
}

function useHappening({ body, author }: WireEvent): string {
  const { t, topic, department, agent, language, now } = useShown();
  const name = author.name;
  const of = (owner: { name: string; department: string }) => ({
    name: owner.name,
    department: department(owner.department),
  });
  switch (body.kind) {
    case "opened":
      return body.topic === null
        ? t("event_opened_bare")
        : t("event_opened", { topic: topic(body.topic) });
    case "joined":
      return t("event_joined", of(body.owner));
    case "handed_over":
      return t("event_handed_over", of(body.owner));
    case "taken_over":
      return t("event_taken_over", of(body.owner));
    case "handover_requested": {
      const to = { name, department: department(body.department) };
      return body.agent === null
        ? t("event_handover_requested", to)
        : t("event_handover_requested_agent", { ...to, agent: agent(body.agent) });
    }
    case "handover_returned":
      return t(`event_returned_${body.reason}`);
    case "requeued":
      return t(`event_requeued_${body.reason}`);
    case "closed":
      return t(`event_closed_${body.reason}`, { name });
    case "made_written": {
      const time = deadline(body.due_at, now, language);
      return t(`event_written_${body.reason}`, { name, time, receipt: body.receipt });
    }
    case "contact_given":
      return t(`event_contact_${body.answer_by}`);
    case "topic_set":
      return author.kind === "agent"
        ? t("event_topic_set", { name, topic: topic(body.topic) })
        : t("event_topic_found", { topic: topic(body.topic) });
    case "consulted":
      return t("event_consulted", { name, agent: agent(body.agent) });
    case "consult_ended":
      return t("event_consult_ended", { agent: agent(body.agent) });
    case "alarmed":
      return author.kind === "agent"
        ? t("event_alarmed", { name, alarm: t(`alarm_${body.alarm}`) })
        : t("event_alarmed_words", { alarm: t(`alarm_${body.alarm}`) });
    case "alarm_cleared":
      return t("event_alarm_cleared", { name, alarm: t(`alarm_${body.alarm}`) });
    case "blocked":
      return t("event_blocked", { name, time: deadline(body.until, now, language) });
    case "moved": {
      const [from, to] = [department(body.from_department), department(body.department)];
      return t("event_moved", { name, from, to });
    }
    case "classified": {
      const { outcome, archive } = body;
      return t("event_classified", {
        name,
        outcome: outcome === null ? t("outcome_unsaid") : t(`outcome_${outcome}`),
        archive: archive === null ? t("outcome_unsaid") : t(`archive_${archive}`),
      });
    }
    case "glass_broken":
      return t("event_glass_broken", { name, time: deadline(body.until, now, language) });
    case "nudged":
      return t("event_nudged", { name });
    case "nudge_answered":
      return t("event_nudge_answered");
    case "rated":
      return t(`event_rated_${body.rating}`);
    case "copy_mailed":
      return t("event_copy_mailed");
    case "forget_asked":
      return t("event_forget_asked");
    case "offered":
      return t("event_offered", { name: agent(body.agent) });
    case "offer_ended":
      return t(`event_offer_${body.outcome}`, { name: agent(body.agent) });
    default:
      return "";
  }
}
