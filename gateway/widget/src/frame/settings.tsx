/** How the citizen is told that something came. Behind a button in the header. */
import { useEffect, useRef } from "preact/hooks";
import { About } from "./about";
import type { Host } from "./host";
import type { ViewProps } from "./app";
import { textsOf } from "./wording";

export interface SettingsProps extends ViewProps {
  readonly host: Host;
}

export function Settings({ state, session, host }: SettingsProps) {
  const texts = textsOf(state);
  const first = useRef<HTMLInputElement>(null);
  useEffect(() => first.current?.focus(), []);
  return (
    <section class="settings" id="settings" aria-label={texts.settings}>
      <label>
        <input
          ref={first}
          type="checkbox"
          checked={state.sound}
          onChange={({ currentTarget: { checked } }) => {
            session.dispatch({ kind: "sound", on: checked });
            // Whoever turns it on hears what it is.
            if (checked) session.sound.play();
          }}
        />
        <span>
          {texts.sound}
          <small>{texts.sound_help}</small>
        </span>
      </label>
      {host.embedded && state.notify !== "none" && (
        <label>
          <input
            type="checkbox"
            checked={state.notify === "granted"}
            disabled={state.notify === "denied"}
            onChange={({ currentTarget }) => {
              const { checked } = currentTarget;
              // It is on when the browser says so, and not before.
              currentTarget.checked = state.notify === "granted";
              host.tell({ prek: checked ? "ask_notify" : "notify_off" });
            }}
          />
          <span>
            {texts.notify}
            <small role="status">
              {state.notify === "denied" ? texts.notify_denied : texts.notify_help}
            </small>
          </span>
        </label>
      )}
      <About state={state} />
    </section>
  );
}
