/** The emergency numbers, when the citizen's words tell of danger. The dialogue goes on below. */
import type { TextKey } from "../texts/catalogue";
import type { ViewProps } from "./app";
import { textsOf } from "./wording";

/** Shown as people know them; dialled without spaces. */
const NUMBERS: readonly (readonly [string, TextKey])[] = [
  ["113", "emergency_medical"],
  ["112", "emergency_police"],
  ["110", "emergency_fire"],
  ["116 117", "emergency_doctor"],
  ["116 123", "emergency_mental"],
  ["116 111", "emergency_children"],
];

/** Where the window is low all of it scrolls, and this would come above what is seen. */
function intoView(section: HTMLElement | null): void {
  section?.scrollIntoView({ block: "start" });
}

export function Emergency({ state, session }: ViewProps) {
  if (state.emergency === null) return null;
  const texts = textsOf(state);
  return (
    <section class="emergency" role="alert" data-color="danger" ref={intoView}>
      <h2>{texts.emergency}</h2>
      <ul>
        {NUMBERS.map(([number, name]) => (
          <li key={number}>
            <a href={`tel:${number.replace(" ", "")}`}>
              <strong>{number}</strong> <span>{texts[name]}</span>
            </a>
          </li>
        ))}
      </ul>
      <div class="end">
        <p>{texts.emergency_go_on}</p>
        <button
          type="button"
          class="ds-button"
          data-variant="secondary"
          data-size="sm"
          onClick={() => {
            session.dispatch({ kind: "emergency_closed" });
            document.querySelector<HTMLElement>("textarea")?.focus();
          }}
        >
          {texts.emergency_close}
        </button>
      </div>
    </section>
  );
}
