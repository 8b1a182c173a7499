/** After the end: keep the answer or be forgotten, whether it helped, and the way to a new one. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { ViewProps } from "./app";
import { Forgetting } from "./forgetting";
import { Keeping } from "./keeping";
import { Press, toField } from "./press";
import { Rate } from "./rate";
import { textsOf } from "./wording";

type Choice = "keep" | "forget";

export function Ended({ state, session }: ViewProps) {
  const texts = textsOf(state);
  const heading = useRef<HTMLHeadingElement>(null);
  const [choice, setChoice] = useState<Choice>("keep");

  useEffect(() => {
    // The field is gone: whoever was in it is led on, and nobody else is moved.
    if (document.activeElement === document.body && document.hasFocus()) heading.current?.focus();
  }, []);

  const choose = (each: Choice) => (
    <button
      type="button"
      class="choice"
      aria-pressed={choice === each}
      aria-controls="ended-choice"
      data-choice={each}
      onClick={() => setChoice(each)}
    >
      {texts[each]}
    </button>
  );
  return (
    <section class="ended" aria-labelledby="ended-heading">
      <h2 id="ended-heading" ref={heading} tabIndex={-1} data-ended>
        {texts.copy}
      </h2>
      <div class="pair">
        {choose("keep")}
        {choose("forget")}
      </div>
      <div id="ended-choice" class="chosen-way">
        {choice === "keep" ? (
          <Keeping state={state} session={session} />
        ) : (
          <Forgetting
            state={state}
            session={session}
            onCancel={() => {
              setChoice("keep");
              document.querySelector<HTMLElement>("[data-choice=forget]")?.focus();
            }}
          />
        )}
      </div>
      <Rate state={state} session={session} />
      <Press
        text={texts.again}
        variant="tertiary"
        onPress={() => {
          session.beginAnew();
          toField();
        }}
      />
    </section>
  );
}
