/** The sheet of keys. */
import { useEffect, useRef } from "preact/hooks";
import { SHORTCUTS } from "../keys";
import { useShown } from "./context";

export function Sheet({ close }: { readonly close: () => void }) {
  const { preferences, t } = useShown();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog class="ds-dialog sheet" ref={dialog} aria-labelledby="sheet" onClose={close}>
      <h2 id="sheet">{t("shortcuts")}</h2>
      <p class="hint">{t("sheet_hint")}</p>
      <dl class="keys">
        {SHORTCUTS.map(({ cap, command, label }) => (
          <div key={command}>
            <dt>{t(label)}</dt>
            <dd>
              <kbd>Alt</kbd> <kbd>Shift</kbd> <kbd>{cap}</kbd>
              {command === "sheet" && preferences.questionMark && <> {t("or")} <kbd>?</kbd></>}
            </dd>
          </div>
        ))}
        <div>
          <dt>{t("key_send")}</dt>
          <dd><kbd>Enter</kbd></dd>
        </div>
        <div>
          <dt>{t("key_line")}</dt>
          <dd><kbd>Shift</kbd> <kbd>Enter</kbd></dd>
        </div>
        <div>
          <dt>{t("key_slash")}</dt>
          <dd><kbd>/</kbd></dd>
        </div>
        <div>
          <dt>{t("key_note_add")}</dt>
          <dd><kbd>Ctrl</kbd> <kbd>Enter</kbd></dd>
        </div>
      </dl>
      <form method="dialog">
        <button class="ds-button" data-variant="secondary">{t("close_sheet")}</button>
      </form>
    </dialog>
  );
}
