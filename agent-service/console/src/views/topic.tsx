/** What it is about: chosen by hand, or by one click on what the first words suggest. */
import type { Summary } from "@prek/wire";
import { useRef } from "preact/hooks";
import { useWantedFocus } from "../focus";
import { isWalled } from "../glass";
import { ariaKeys } from "../keys";
import type { State } from "../model";
import { useShown } from "./context";

/** Whether one may still say what it is about: not from outside a wall. */
function mayName(summary: Summary, state: State): boolean {
  return summary.state !== "closed" && !isWalled(summary, state);
}

/** The suggestion, until there is a topic. It decides nothing before somebody says yes. */
export function Suggestion({ summary }: { readonly summary: Summary }) {
  const { desk, state, t, topic } = useShown();
  const { conversation, suggested } = summary;
  if (suggested === null || summary.topic !== null || !mayName(summary, state)) return null;
  const name = topic(suggested.topic);
  const words = t("suggested", { topic: name, n: Math.round(suggested.score * 100) });
  return (
    <button
      type="button"
      class="suggestion"
      title={t("suggested_set", { topic: name })}
      aria-label={`${words}. ${t("suggested_set", { topic: name })}`}
      onClick={() => desk.act({ type: "set_topic", conversation, topic: suggested.topic })}
    >
      {words}
    </button>
  );
}

export function TopicChoice({ summary }: { readonly summary: Summary }) {
  const { desk, state, t, topic } = useShown();
  const { conversation } = summary;
  const field = useRef<HTMLSelectElement>(null);
  useWantedFocus(field, "topic", conversation);
  if (!mayName(summary, state)) return <>{topic(summary.topic)}</>;
  // What has just been chosen stands while it is on its way.
  const chosen = state.outbox.entries.flatMap(({ action }) =>
    action.type === "set_topic" && action.conversation === conversation ? [action.topic] : [],
  );
  const value = chosen.at(-1) ?? summary.topic ?? "";
  return (
    <select
      class="ds-input"
      id="topic"
      ref={field}
      data-conversation={conversation}
      aria-label={t("topic")}
      aria-keyshortcuts={ariaKeys("topic")}
      value={value}
      onChange={({ currentTarget: { value: picked } }) =>
        picked !== "" && desk.act({ type: "set_topic", conversation, topic: picked })}
    >
      {value === "" && <option value="">{t("topic_choose")}</option>}
      {state.directory?.topics.map(({ id }) => <option key={id} value={id}>{topic(id)}</option>)}
    </select>
  );
}
