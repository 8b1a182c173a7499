/** What became of the enquiry, and what the archive makes of it: chosen, and saved at once. */
import type { Summary } from "@prek/wire";
import { useLayoutEffect, useRef } from "preact/hooks";
import { ARCHIVE_CHOICES, type ArchiveChoice, chosenFor, OUTCOMES } from "../classifying";
import { useWantedFocus } from "../focus";
import { useShown } from "./context";

interface ClassifyProps {
  readonly summary: Summary;
  /** Chosen already for as long as nothing is: whoever shows this has it confirmed. */
  readonly usual?: ArchiveChoice | null;
}

export function Classify({ summary, usual = null }: ClassifyProps) {
  const { desk, state, t } = useShown();
  const { conversation } = summary;
  const { outcome, archive } = chosenFor(summary, state);
  const isUsual = archive === null && usual !== null;
  const first = useRef<HTMLInputElement>(null);
  useWantedFocus(first, "outcome", conversation);
  return (
    <div class="classify">
      <fieldset class="radios">
        <legend class="ds-label">{t("outcome")}</legend>
        {OUTCOMES.map((one, n) => (
          <label key={one} class="radio">
            <input
              type="radio"
              class="ds-input"
              name="outcome"
              value={one}
              id={n === 0 ? "outcome" : undefined}
              data-conversation={conversation}
              ref={n === 0 ? first : null}
              checked={outcome === one}
              onChange={() => desk.act({ type: "classify", conversation, outcome: one })}
            />
            {t(`outcome_${one}`)}
          </label>
        ))}
      </fieldset>
      <fieldset class="radios" aria-describedby={isUsual ? "archive-usual archive-rule" : "archive-rule"}>
        <legend class="ds-label">{t("archive")}</legend>
        {ARCHIVE_CHOICES.map((one) => (
          <label key={one} class="radio">
            <input
              type="radio"
              class="ds-input"
              name="archive"
              value={one}
              checked={(archive ?? usual) === one}
              onChange={() => desk.act({ type: "classify", conversation, archive: one })}
            />
            {t(`archive_${one}`)}
          </label>
        ))}
        {isUsual && <p id="archive-usual" class="hint">{t("archive_usual")}</p>}
        <p id="archive-rule" class="hint">{t("archive_rule")}</p>
      </fieldset>
    </div>
  );
}

interface LeaveProps {
  readonly leave: () => void;
  readonly back: () => void;
}

/** Asked once where something is not chosen; never in the way. */
export function LeaveUnclassified({ leave, back }: LeaveProps) {
  const { t } = useShown();
  const button = useRef<HTMLButtonElement>(null);
  // Before the next key comes, which is for it.
  useLayoutEffect(() => button.current?.focus(), []);
  return (
    <div
      class="asked"
      role="group"
      aria-label={t("wrapup_done")}
      onKeyDown={(event) => event.key === "Escape" && back()}
    >
      <p id="unclassified">{t("unclassified_ask")}</p>
      <div class="buttons">
        <button
          type="button"
          class="ds-button"
          ref={button}
          aria-describedby="unclassified"
          onClick={leave}
        >
          {t("unclassified_leave")}
        </button>
        <button type="button" class="ds-button" data-variant="secondary" onClick={back}>
          {t("unclassified_choose")}
        </button>
      </div>
    </div>
  );
}
