/** What tells a written question from a live one: its deadline, and how its answer arrives. */
import type { Summary } from "@prek/wire";
import { deadline } from "../clock";
import { contactOf, nearness } from "../written";
import { useShown } from "./context";

/** The deadline. That it is near or over is in the words; the colour only underlines it. */
export function Due({ summary }: { readonly summary: Summary }) {
  const { state, t, span, language, now } = useShown();
  const near = nearness(summary, state.directory?.timing, now);
  if (summary.due_at === null || near === null) return null;
  const time = deadline(summary.due_at, now, language);
  const left = span(Date.parse(summary.due_at) - now);
  return (
    <span class="turn" data-tone={near === "later" ? "neutral" : "danger"}>
      {near === "over" ? t("due_over", { time }) : t(near === "soon" ? "due_soon" : "due", { time, left })}
    </span>
  );
}

/** How the citizen gets what is written here. The contact is the citizen's: isolated. */
export function AnswerWay({ summary }: { readonly summary: Summary }) {
  const { state, t } = useShown();
  const { answer_by, receipt, conversation } = summary;
  const given = contactOf(state.threads[conversation]);
  const by = given?.answer_by ?? answer_by ?? "receipt";
  return (
    <p class="way">
      {t(`answer_${by}`, { receipt: receipt ?? "" })}
      {given?.contact != null ? <>: <bdi class="contact">{given.contact}</bdi></> : "."}
    </p>
  );
}
