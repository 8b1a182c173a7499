/** "Forget me": asked once, told to the municipality, and then gone from this browser. */
import { useEffect, useRef } from "preact/hooks";
import { hasAskedToForget, isForgetting } from "./afterwards";
import type { ViewProps } from "./app";
import { Press, toField } from "./press";
import { isCutOff } from "./state";
import { textsOf } from "./wording";

interface ForgettingProps extends ViewProps {
  readonly onCancel: () => void;
}

export function Forgetting({ state, session, onCancel }: ForgettingProps) {
  const texts = textsOf(state);
  const underway = isForgetting(state);
  const asked = hasAskedToForget(state);
  const cutOff = isCutOff(state);
  const here = () => session.dispatch({ kind: "forgotten_here" });
  return (
    <div
      class="forgetting"
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.preventDefault();
        onCancel();
      }}
    >
      <p>
        <strong>{asked ? texts.forget_asked : texts.forget_sure}</strong>
      </p>
      <p class="help">{texts.forget_here}</p>
      <p class="help">{texts.forget_there}</p>
      <p class="told" role="status">
        {underway && !cutOff && texts.forget_sending}
        {cutOff && !asked && texts.forget_offline}
      </p>
      <div role="alert">
        {state.troubles.forget !== undefined && <p class="wrong">{texts.forget_failed}</p>}
      </div>
      <div class="choices">
        {!asked && (
          <Press
            text={texts.forget_yes}
            variant="primary"
            color="danger"
            idle={underway}
            onPress={() => session.askToForget()}
          />
        )}
        {(asked || cutOff) && <Press text={texts.forget_only_here} onPress={here} />}
        {!underway && <Press text={texts.cancel} onPress={onCancel} />}
      </div>
    </div>
  );
}

/** What stands where the conversation was, until it has been read. */
export function Forgotten({ state, session }: ViewProps) {
  const texts = textsOf(state);
  const heading = useRef<HTMLHeadingElement>(null);
  const told = state.forgotten?.told === true;
  useEffect(() => {
    if (document.hasFocus()) heading.current?.focus();
  }, []);
  return (
    <section class="ended" aria-labelledby="forgotten-heading">
      <h2 id="forgotten-heading" ref={heading} tabIndex={-1} data-ended>
        {texts.forgotten}
      </h2>
      <p class="help">{told ? texts.forget_there : texts.forgotten_untold}</p>
      <div class="choices">
        <Press
          text={texts.again}
          onPress={() => {
            session.dispatch({ kind: "forgotten_read" });
            toField();
          }}
        />
      </div>
    </section>
  );
}
