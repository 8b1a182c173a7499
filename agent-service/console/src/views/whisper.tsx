/** A leader's word to the owner: over the field it is about, until it is put away. */
import type { Summary } from "@prek/wire";
import { wantFocus } from "../focus";
import { whispersTo } from "../whispers";
import { useShown } from "./context";
import { Words } from "./events";

export function Whispers({ summary }: { readonly summary: Summary }) {
  const { desk, state, t } = useShown();
  const { conversation } = summary;
  return (
    <>
      {whispersTo(state, summary).map(({ id, by, text }) => (
        <div
          key={id}
          class="asked whisper ds-alert"
          data-color="warning"
          role="group"
          aria-label={t("whisper_by", { name: by })}
        >
          <p><strong>{t("whisper_by", { name: by })}</strong> <Words text={text} /></p>
          <button
            type="button"
            class="ds-button"
            data-variant="secondary"
            onClick={() => {
              desk.dispatch({ type: "heard", conversation, whisper: id });
              // The button is gone: on to where it is of use.
              wantFocus("message", conversation);
            }}
          >
            {t("whisper_seen")}
          </button>
        </div>
      ))}
    </>
  );
}
