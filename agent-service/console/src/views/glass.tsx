/** Behind a wall of secrecy: asking to look, with a reason, and being reminded that one does. */
import { checkText, type Summary } from "@prek/wire";
import { useRef, useState } from "preact/hooks";
import { deadline } from "../clock";
import { glimpseOf, isWalled, mayBreakGlass } from "../glass";
import { draftOf } from "../model";
import { useShown } from "./context";

/** Instead of the words: why they are not there, and what may be done about it. */
export function Denied({ summary }: { readonly summary: Summary }) {
  const { state, t, department } = useShown();
  if (!isWalled(summary, state)) return <p>{t("follow_denied")}</p>;
  return (
    <>
      <p>{t("glass_denied", { department: department(summary.department) })}</p>
      <BreakGlass summary={summary} />
    </>
  );
}

/** The form, for those who may. */
function BreakGlass({ summary }: { readonly summary: Summary }) {
  const { desk, state, t, number, department, now } = useShown();
  const { conversation } = summary;
  const [missing, setMissing] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  if (!mayBreakGlass(summary, state, now)) return null;
  const under = state.outbox.entries.some(
    ({ action }) => action.type === "break_glass" && action.conversation === conversation,
  );
  const reason = draftOf(state, conversation).glass;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const words = draftOf(desk.state, conversation).glass;
    if (checkText(words) !== null) {
      setMissing(true);
      field.current?.focus();
      return;
    }
    desk.act({ type: "break_glass", conversation, reason: words });
    desk.dispatch({ type: "draft", conversation, draft: { glass: "" } });
  };
  const minutes = Math.round((state.directory?.timing.glimpse_s ?? 0) / 60);
  return (
    <form class="handover grave glass" aria-label={t("glass")} onSubmit={submit} noValidate>
      <h3>{t("glass")}</h3>
      <p>{t("glass_text", { department: department(summary.department), time: t("minutes", { n: minutes }) })}</p>
      <label class="ds-label" for="glass-reason">{t("glass_reason")}</label>
      <textarea
        class="ds-input"
        id="glass-reason"
        rows={2}
        ref={field}
        value={reason}
        aria-invalid={missing}
        aria-describedby="glass-error"
        onInput={({ currentTarget: { value } }) => {
          desk.dispatch({ type: "draft", conversation, draft: { glass: value } });
          setMissing(false);
        }}
      />
      <p id="glass-error" role="alert" class="error">
        {missing && t("glass_missing")}{" "}
        {number(reason) !== "" && t("warn_number", { what: number(reason) })}
      </p>
      <button class="ds-button" data-color="danger" type="submit" aria-disabled={under}>
        {t(under ? "glass_under" : "glass_yes")}
      </button>
    </form>
  );
}

/** While one looks: until when, and that the department sees it. */
export function GlassBanner({ summary }: { readonly summary: Summary }) {
  const { state, t, department, language, now } = useShown();
  const until = glimpseOf(summary, state, now);
  return (
    <div role="status" class="glass-banner">
      {until !== null && (
        <p class="asked ds-alert" data-color="warning">
          {t("glass_open", {
            department: department(summary.department),
            time: deadline(until, now, language),
          })}
        </p>
      )}
    </div>
  );
}
