/** Somebody else changed the set-up meanwhile: what they did, and what becomes of own changes. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { Property, SetUp } from "./document";
import { Differences } from "./difference-view";
import { carry, type Own } from "./carrying";
import { changed, changesOf } from "./draft";
import { useEditing } from "./editing";

interface ConflictProps {
  /** Own changes, of what they were made from. */
  readonly own: Own;
  /** What is in force by now. */
  readonly current: SetUp;
  readonly names: (agent: string) => string;
  /** Who changed it since, as far as is known. */
  readonly by: readonly string[];
  readonly carryOver: (next: SetUp) => void;
  readonly giveUp: () => void;
}

export function Conflict({ own, current, names, by, carryOver, giveUp }: ConflictProps) {
  const { draft, t } = useEditing();
  const [mine, setMine] = useState<ReadonlyMap<Property, boolean>>(new Map());
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const { both } = carry(own, current);
  const mineIn = carry(own, current, both).next;
  const undecided = both.some((property) => !mine.has(property));
  const kept = both.filter((property) => mine.get(property) === true);
  // Known only where this window still has what the changes were made from.
  const theirs = draft.base.version < current.version ? changesOf(draft.base, current) : {};
  return (
    <section class="ds-alert conflict" data-color="warning" aria-labelledby="su-conflict">
      <h3 id="su-conflict" ref={heading} tabIndex={-1}>
        {t("su_conflict")}
      </h3>
      <p>{t("su_conflict_hint", { who: [...new Set(by)].map(names).join(", ") || "–" })}</p>
      {changed(theirs).length > 0 && (
        <details open>
          <summary>{t("su_conflict_theirs")}</summary>
          <Differences changes={theirs} />
        </details>
      )}
      {both.map((property) => (
        <fieldset key={property} class="step">
          <legend class="ds-label">
            {t("su_conflict_both", { part: t(`su_property_${property}`) })}
          </legend>
          <Differences
            changes={{ [property]: { before: current[property], after: mineIn[property] } }}
          />
          {([false, true] as const).map((ours) => (
            <label class="switch" key={String(ours)}>
              <input
                class="ds-input"
                type="radio"
                name={`su-conflict-${property}`}
                checked={mine.get(property) === ours}
                onChange={() => setMine(new Map(mine).set(property, ours))}
              />
              {t(ours ? "su_conflict_keep_mine" : "su_conflict_keep_theirs")}
            </label>
          ))}
        </fieldset>
      ))}
      {undecided && (
        <p class="hint" id="su-conflict-undecided">
          {t("su_conflict_choose")}
        </p>
      )}
      <div class="buttons">
        <button
          type="button"
          class="ds-button"
          aria-disabled={undecided}
          aria-describedby={undecided ? "su-conflict-undecided" : undefined}
          onClick={() => {
            if (!undecided) carryOver(carry(own, current, kept).next);
          }}
        >
          {t("su_conflict_carry")}
        </button>
        <button type="button" class="ds-button" data-variant="secondary" onClick={giveUp}>
          {t("su_conflict_give_up")}
        </button>
      </div>
    </section>
  );
}
