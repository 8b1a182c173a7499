/** What tells a written question from a live one: its deadline, and how its answer arrives. */
import type { Summary } from "@prek/wire";
import { deadline } from "../clock";
import { contactOf, nearness } from "../written";
import { type Said, type Telling, useShown } from "./context";

/** The deadline. That it is near or over is in the words; the colour only underlines it. */
export function Due({ summary }: { readonly summary: Summary }) {
  const due = dueOf(summary, useShown());
  return due === null ? null : <span class="turn" data-tone={due.tone}>{due.words}</span>;
}

/** What is said of its deadline at a moment; null: it has none. */
export function dueOf(summary: Summary, shown: Telling): Said | null {
  const { state, t, span, language, now } = shown;
  const near = nearness(summary, state.directory?.timing, now);
  if (summary.due_at === null || near === null) return null;
  const time = deadline(summary.due_at, now, language);
  const left = span(Date.parse(summary.due_at) - now);
  const words =
    near === "over" ? t("due_over", { time }) : t(near === "soon" ? "due_soon" : "due", { time, left });
  return { tone: near === "later" ? "neutral" : "danger", words };
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
