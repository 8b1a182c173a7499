/** What is told of privacy before the first word, for whoever wants to know. */
import type { ViewProps } from "./app";
import { fill } from "../texts/catalogue";
import type { State } from "./state";
import { textsOf } from "./wording";

/** How long it is kept: a number only where the municipality has set one. */
export function keptLine(state: State): string {
  const texts = textsOf(state);
  const days = state.setup?.privacy.kept_days ?? null;
  if (days === null) return texts.about_kept_some;
  return days === 1 ? texts.about_kept_day : fill(texts.about_kept, { n: days });
}

export function About({ state }: Pick<ViewProps, "state">) {
  const texts = textsOf(state);
  const policy = state.setup?.privacy.policy_url ?? null;
  return (
    <details class="about">
      <summary>{texts.about}</summary>
      <ul>
        <li>{texts.about_stored}</li>
        <li>{keptLine(state)}</li>
        <li>{texts.about_read}</li>
        <li>{texts.about_browser}</li>
        <li>{texts.about_masked}</li>
        <li>{texts.about_forget}</li>
      </ul>
      {policy !== null && (
        <a class="ds-link" href={policy} target="_blank" rel="noopener noreferrer">
          {texts.about_policy}
        </a>
      )}
    </details>
  );
}
