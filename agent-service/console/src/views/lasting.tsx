/** Says in good time that the sign-in ends, and lets one stay with one press. */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { clockTime } from "../clock";
import { isEnding } from "../lasting";
import type { Lasts } from "../model";
import type { Key } from "../texts";
import { notify } from "./announcer";
import { useShown } from "./context";

export function Lasting() {
  const { state } = useShown();
  const lasts = state.session?.lasts;
  return lasts === undefined ? null : <Ending lasts={lasts} />;
}

/** The time is said, and not how long is left: what does not change is read out once. */
function Ending({ lasts }: { readonly lasts: Lasts }) {
  const { desk, state, t, language, now } = useShown();
  const ending = isEnding(lasts, now - state.skew);
  const time = useMemo(() => clockTime(lasts.endsAt + state.skew, language), [lasts.endsAt, language]);
  const [wrong, setWrong] = useState<Key | null>(null);
  const [busy, setBusy] = useState(false);
  const [extended, setExtended] = useState(false);
  const whole = useRef<HTMLDivElement>(null);
  const from = useRef<EventTarget | null>(null);
  useEffect(() => {
    setWrong(null);
    if (!ending) return;
    setExtended(false);
    const notice = notify(t("session_ends_title"), "session");
    return () => notice?.close();
  }, [ending]);
  const goBack = () => {
    const before = from.current;
    const there = before instanceof HTMLElement && before.isConnected;
    (there ? before : whole.current?.querySelector("button"))?.focus();
  };
  useEffect(() => {
    // The button that was pressed is gone: back to where the keyboard was before it.
    if (extended && document.activeElement === document.body) goBack();
  }, [extended]);
  const extend = async () => {
    if (busy) return;
    setBusy(true);
    const failed = await desk.lasting.extend();
    setBusy(false);
    setWrong(failed);
    setExtended(failed === null);
  };
  return (
    <div
      role="status"
      ref={whole}
      onFocusIn={({ relatedTarget }) => {
        if (!(relatedTarget instanceof Node && whole.current?.contains(relatedTarget))) {
          from.current = relatedTarget;
        }
      }}
    >
      {ending && (
        <div class="notice ds-alert" data-color="warning">
          <p>{t(whatToDo(lasts), { time })} {wrong !== null && t(wrong)}</p>
          {lasts.extendable && (
            <button
              type="button"
              class="ds-button"
              aria-disabled={busy}
              onClick={() => void extend()}
            >
              {t("session_extend")}
            </button>
          )}
          {lasts.again !== null && (
            <a class="ds-button" href={lasts.again} target="_blank" rel="noopener">
              {t("session_again")}
            </a>
          )}
        </div>
      )}
      {extended && !ending && (
        <div class="notice ds-alert" data-color="success">
          <p>{t("session_extended", { time })}</p>
          <button
            type="button"
            class="ds-button"
            data-variant="tertiary"
            onClick={() => {
              setExtended(false);
              goBack();
            }}
          >
            {t("dismiss")}
          </button>
        </div>
      )}
    </div>
  );
}

function whatToDo({ extendable, again }: Lasts): Key {
  if (extendable) return "session_ends";
  return again === null ? "session_ends_for_good" : "session_ends_again";
}
