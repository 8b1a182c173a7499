/** Closing the door on a citizen who threatens or abuses: with a reason, and asked about twice. */
import { checkText, type Summary } from "@prek/wire";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { draftOf } from "../model";
import { useShown } from "./context";

/** How long it may last, in hours. */
const LENGTHS = { day: 24, week: 168, month: 720 } as const;
type Length = keyof typeof LENGTHS;

export function Block({ summary }: { readonly summary: Summary }) {
  const { desk, state, ask, t, number } = useShown();
  const { conversation } = summary;
  const [length, setLength] = useState<Length>("day");
  const [missing, setMissing] = useState(false);
  const [sure, setSure] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const yes = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => field.current?.focus(), []);
  useLayoutEffect(() => {
    if (sure) yes.current?.focus();
  }, [sure]);
  const reason = draftOf(state, conversation).block;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (checkText(draftOf(desk.state, conversation).block) === null) return setSure(true);
    setMissing(true);
    field.current?.focus();
  };
  const block = () => {
    const words = draftOf(desk.state, conversation).block;
    desk.act({ type: "block", conversation, reason: words, hours: LENGTHS[length] });
    desk.dispatch({ type: "draft", conversation, draft: { block: "" } });
    close();
  };
  const close = () => {
    ask(null);
    desk.dispatch({ type: "pane", pane: "dialogue" });
  };
  return (
    <form
      class="handover grave"
      aria-label={t("block")}
      onSubmit={submit}
      noValidate
      onKeyDown={(event) => event.key === "Escape" && close()}
    >
      <h2>{t("block")}</h2>
      <p class="hint">{t("block_hint")}</p>
      <label class="ds-label" for="block-reason">{t("block_reason")}</label>
      <textarea
        class="ds-input"
        id="block-reason"
        rows={3}
        ref={field}
        value={reason}
        aria-invalid={missing}
        aria-describedby="block-error"
        onInput={({ currentTarget: { value } }) => {
          desk.dispatch({ type: "draft", conversation, draft: { block: value } });
          setMissing(false);
          setSure(false);
        }}
      />
      <p id="block-error" role="alert" class="error">
        {missing && t("block_missing")} {number(reason) !== "" && t("warn_number", { what: number(reason) })}
      </p>
      <label class="ds-label" for="block-for">{t("block_for")}</label>
      <select
        class="ds-input"
        id="block-for"
        value={length}
        onChange={({ currentTarget: { value } }) => {
          setLength(value as Length);
          setSure(false);
        }}
      >
        {(Object.keys(LENGTHS) as Length[]).map((one) => (
          <option key={one} value={one}>{t(`block_${one}`)}</option>
        ))}
      </select>
      <div class="buttons">
        {sure ? (
          <>
            <p id="block-sure">{t("block_sure", { time: t(`block_${length}`).toLowerCase() })}</p>
            <button
              type="button"
              class="ds-button"
              data-color="danger"
              ref={yes}
              aria-describedby="block-sure"
              onClick={block}
            >
              {t("block_yes")}
            </button>
          </>
        ) : (
          <button class="ds-button" data-color="danger" data-variant="secondary" type="submit">
            {t("block_next")} …
          </button>
        )}
        <button type="button" class="ds-button" data-variant="tertiary" onClick={close}>
          {t("cancel")}
        </button>
      </div>
    </form>
  );
}
