/** Skills with their levels: those there are, and one more. */
import { useState } from "preact/hooks";
import { skillOf } from "./document";
import { useEditing } from "./editing";
import { useField, Wrong } from "./fields";

interface SkillsProps {
  readonly label: string;
  readonly hint: string;
  readonly skills: Readonly<Record<string, number>>;
  readonly change: (skills: Record<string, number>) => void;
}

const LEVELS = [1, 2, 3, 4, 5];

export function SkillsField({ label, hint, skills, change }: SkillsProps) {
  const { now, t, skillName, topicName } = useEditing();
  const { id, wrong } = useField("skills");
  const [chosen, setChosen] = useState("");
  const left = now.topics.filter(({ id: topic }) => !(skillOf(topic) in skills));
  const next = left.find(({ id: topic }) => topic === chosen)?.id ?? left[0]?.id ?? "";
  return (
    <fieldset class="field skills" id={id} tabIndex={-1} aria-describedby={`${id}-hint`}>
      <legend class="ds-label">{label}</legend>
      <p class="hint" id={`${id}-hint`}>
        {hint}
      </p>
      <ul>
        {Object.entries(skills).map(([skill, level]) => (
          <li key={skill}>
            <label for={`${id}-${skill}`}>{skillName(skill)}</label>
            <select
              class="ds-input"
              id={`${id}-${skill}`}
              value={String(level)}
              onChange={({ currentTarget: { value } }) =>
                change({ ...skills, [skill]: Number(value) })
              }
            >
              {LEVELS.map((each) => (
                <option key={each} value={String(each)}>
                  {t("su_level_n", { n: each })}
                </option>
              ))}
            </select>
            <button
              type="button"
              class="ds-button"
              data-variant="tertiary"
              aria-label={t("su_remove", { name: skillName(skill) })}
              onClick={() => {
                const { [skill]: _, ...rest } = skills;
                change(rest);
                document.getElementById(id)?.focus();
              }}
            >
              <span aria-hidden="true">✕</span>
            </button>
          </li>
        ))}
      </ul>
      {left.length > 0 && (
        <div class="add-row">
          <div class="field">
            <label class="ds-label" for={`${id}-add`}>
              {t("su_skill_add")}
            </label>
            <select
              class="ds-input"
              id={`${id}-add`}
              value={next}
              onChange={({ currentTarget: { value } }) => setChosen(value)}
            >
              {left.map(({ id: topic }) => (
                <option key={topic} value={topic}>
                  {topicName(topic)}
                </option>
              ))}
            </select>
          </div>
          <button
            type="button"
            class="ds-button"
            data-variant="secondary"
            onClick={() => change({ ...skills, [skillOf(next)]: 1 })}
          >
            {t("su_add")}
          </button>
        </div>
      )}
      <Wrong id={id} wrong={wrong} />
    </fieldset>
  );
}
