/** After the end: the conversation in writing, and the way to a new one. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { ViewProps } from "./app";
import { downloadCopy, type CopyFormat } from "./copy";
import { Printer, Save } from "./icons";
import { textsOf } from "./wording";

export function Ended({ state, session }: ViewProps) {
  const texts = textsOf(state);
  const heading = useRef<HTMLHeadingElement>(null);
  const [failed, setFailed] = useState(false);
  const token = state.status?.token ?? null;
  const conversation = state.conversation?.id ?? "";

  useEffect(() => {
    // The field is gone: whoever was in it is led on, and nobody else is moved.
    if (document.activeElement === document.body && document.hasFocus()) heading.current?.focus();
  }, []);

  const save = async (format: CopyFormat) => {
    if (token === null) return;
    setFailed(false);
    try {
      await downloadCopy(
        conversation,
        format,
        token,
        `${texts.copy_file}-${conversation.slice(0, 8)}`,
      );
    } catch {
      setFailed(true);
    }
  };
  const button = (format: CopyFormat, text: string, name = text) => (
    <button
      type="button"
      class="ds-button"
      data-variant={format === "txt" ? "primary" : "secondary"}
      data-size="sm"
      aria-label={name}
      disabled={token === null}
      onClick={() => void save(format)}
    >
      <Save />
      {text}
    </button>
  );
  return (
    <section class="ended" aria-labelledby="ended-heading">
      <h2 id="ended-heading" ref={heading} tabIndex={-1} data-ended>
        {texts.copy}
      </h2>
      <p>{token === null ? texts.copy_wait : texts.copy_help}</p>
      <div class="choices">
        {button("txt", texts.copy_txt)}
        {button("html", texts.copy_html_short, texts.copy_html)}
        {button("json", texts.copy_json_short, texts.copy_json)}
        <button
          type="button"
          class="ds-button"
          data-variant="secondary"
          data-size="sm"
          onClick={() => window.print()}
        >
          <Printer />
          {texts.copy_print}
        </button>
      </div>
      <div role="alert">
        {failed && (
          <p class="ds-alert" data-color="danger">
            {texts.copy_failed}
          </p>
        )}
      </div>
      <button
        type="button"
        class="ds-button again"
        data-variant="tertiary"
        data-size="sm"
        onClick={() => {
          session.beginAnew();
          // The field comes with the next drawing.
          requestAnimationFrame(() => document.querySelector<HTMLElement>("textarea")?.focus());
        }}
      >
        {texts.again}
      </button>
    </section>
  );
}
