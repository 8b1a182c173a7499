/** Fields of a form, each with its label, its hint, and what is wrong with it. */
import type { ComponentChildren } from "preact";
import { useContext, useState } from "preact/hooks";
import { same, WRITTEN } from "./document";
import { fieldId, SpotContext, useEditing } from "./editing";

interface Named {
  /** Its name within the entry, as the problems have it. */
  readonly field: string;
  readonly label: string;
  readonly hint?: string | undefined;
}

/** What a field has to know of its place: its id, and what is wrong with it.
 *
 * It is said once the draft has been looked over, and then at once. Not when the field is left:
 * what then comes on screen would move the button that is just being pressed.
 */
export function useField(field: string) {
  const { problems, strict, t } = useEditing();
  const spot = { ...useContext(SpotContext), field };
  const problem = problems.find(
    (one) => one.part === spot.part && one.entry === spot.entry && one.field === field,
  );
  const wrong = problem !== undefined && strict ? t(problem.key, problem.params) : null;
  const id = fieldId(spot);
  return { id, wrong };
}

/** The ids of what describes a field. */
function described(id: string, hint: string | undefined, wrong: string | null): string | undefined {
  const ids = [hint === undefined ? "" : `${id}-hint`, wrong === null ? "" : `${id}-wrong`];
  return ids.filter((one) => one !== "").join(" ") || undefined;
}

/** A label above, a hint and what is wrong below. */
function Framed(
  props: Named & {
    readonly id: string;
    readonly wrong: string | null;
    readonly narrow?: boolean | undefined;
    readonly children: ComponentChildren;
  },
) {
  const { id, label, hint, wrong, narrow, children } = props;
  return (
    <div class={narrow === true ? "field narrow" : "field"}>
      <label class="ds-label" for={id}>
        {label}
      </label>
      {hint !== undefined && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {children}
      <Wrong id={id} wrong={wrong} />
    </div>
  );
}

export function Wrong({ id, wrong }: { readonly id: string; readonly wrong: string | null }) {
  return wrong === null ? null : (
    <p class="error" id={`${id}-wrong`}>
      {wrong}
    </p>
  );
}

interface TextProps extends Named {
  readonly value: string;
  readonly change: (value: string, at: string) => void;
  readonly lang?: string;
  readonly rows?: number;
  readonly required?: boolean;
  readonly narrow?: boolean;
}

export function TextField(props: TextProps) {
  const { field, label, hint, value, change, lang, rows, required, narrow } = props;
  const { id, wrong } = useField(field);
  const shared = {
    class: "ds-input",
    id,
    value,
    lang,
    autocomplete: "off" as const,
    "aria-invalid": wrong !== null,
    "aria-required": required,
    "aria-describedby": described(id, hint, wrong),
  };
  return (
    <Framed {...{ field, id, label, hint, wrong, narrow }}>
      {rows === undefined ? (
        <input
          {...shared}
          type="text"
          onInput={({ currentTarget }) => change(currentTarget.value, id)}
        />
      ) : (
        <textarea
          {...shared}
          rows={rows}
          onInput={({ currentTarget }) => change(currentTarget.value, id)}
        />
      )}
    </Framed>
  );
}

interface NumberProps extends Named {
  readonly value: number;
  readonly change: (value: number, at: string) => void;
  readonly step?: number | "any";
}

/** A number. What is none is kept as such, so that it can be said. */
export function NumberField({ field, label, hint, value, change, step = 1 }: NumberProps) {
  const { id, wrong } = useField(field);
  return (
    <Framed {...{ field, id, label, hint, wrong }} narrow>
      <input
        class="ds-input"
        id={id}
        type="number"
        step={step}
        value={Number.isFinite(value) ? value : ""}
        aria-invalid={wrong !== null}
        aria-describedby={described(id, hint, wrong)}
        onInput={({ currentTarget: { valueAsNumber } }) => change(valueAsNumber, id)}
      />
    </Framed>
  );
}

interface ChoiceProps extends Named {
  readonly value: string;
  readonly options: readonly (readonly [value: string, words: string])[];
  readonly change: (value: string) => void;
}

export function ChoiceField({ field, label, hint, value, options, change }: ChoiceProps) {
  const { id, wrong } = useField(field);
  const lost = !options.some(([one]) => one === value);
  return (
    <Framed {...{ field, id, label, hint, wrong }}>
      <select
        class="ds-input"
        id={id}
        value={value}
        aria-invalid={wrong !== null}
        aria-describedby={described(id, hint, wrong)}
        onChange={({ currentTarget }) => change(currentTarget.value)}
      >
        {lost && <option value={value}>{value}</option>}
        {options.map(([one, words]) => (
          <option key={one} value={one}>
            {words}
          </option>
        ))}
      </select>
    </Framed>
  );
}

interface SwitchProps {
  readonly label: string;
  readonly on: boolean;
  readonly change: (on: boolean) => void;
  readonly hint?: string;
  readonly disabled?: boolean;
}

/** Something that is or is not so. */
export function Switch({ label, on, change, hint, disabled = false }: SwitchProps) {
  return (
    <label class="switch">
      <input
        type="checkbox"
        class="ds-input"
        checked={on}
        aria-disabled={disabled}
        onChange={({ currentTarget }) => {
          if (disabled) currentTarget.checked = on;
          else change(currentTarget.checked);
        }}
      />
      <span>
        {label}
        {hint !== undefined && <small class="hint"> {hint}</small>}
      </span>
    </label>
  );
}

interface SeveralProps extends Named {
  readonly chosen: readonly string[];
  readonly options: readonly (readonly [value: string, words: string])[];
  readonly change: (chosen: string[]) => void;
}

/** Several of some; they stay in the order they were chosen in. */
export function SeveralField({ field, label, hint, chosen, options, change }: SeveralProps) {
  const { id, wrong } = useField(field);
  const toggle = (one: string, on: boolean) =>
    change(on ? [...chosen, one] : chosen.filter((each) => each !== one));
  return (
    <fieldset
      class="field choices"
      id={id}
      tabIndex={-1}
      aria-describedby={described(id, hint, wrong)}
    >
      <legend class="ds-label">{label}</legend>
      {hint !== undefined && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {options.map(([one, words]) => (
        <Switch
          key={one}
          label={words}
          on={chosen.includes(one)}
          change={(on) => toggle(one, on)}
        />
      ))}
      <Wrong id={id} wrong={wrong} />
    </fieldset>
  );
}

interface WordsProps extends Named {
  readonly words: readonly string[];
  readonly change: (words: string[], at: string) => void;
}

/** A list of words or addresses, one a line. An empty line is no word, and stays while one writes. */
export function WordsField({ field, label, hint, words, change }: WordsProps) {
  const [text, setText] = useState(words.join("\n"));
  // Changed elsewhere, such as by a step back.
  const written = same(wordsOf(text), words) ? text : words.join("\n");
  return (
    <TextField
      {...{ field, label, hint }}
      rows={Math.min(8, Math.max(3, words.length))}
      value={written}
      change={(next, at) => {
        setText(next);
        change(wordsOf(next), at);
      }}
    />
  );
}

function wordsOf(text: string): string[] {
  return text
    .split("\n")
    .map((word) => word.trim())
    .filter((word) => word !== "");
}

interface LocalizedProps {
  readonly field: string;
  readonly label: string;
  readonly texts: Readonly<Record<string, string>>;
  readonly change: (texts: Record<string, string>, at: string) => void;
  readonly rows?: number;
  /** Whether there need not be any text at all. */
  readonly optional?: boolean;
}

/** A text per language. An empty one is not there: bokmål is shown instead. */
export function LocalizedFields({
  field,
  label,
  texts,
  change,
  rows,
  optional = false,
}: LocalizedProps) {
  const { t } = useEditing();
  const put = (language: string, text: string, at: string) => {
    const { [language]: _, ...rest } = texts;
    change(
      text === "" && (optional || language !== "nb") ? rest : { ...rest, [language]: text },
      at,
    );
  };
  return (
    <div class="per-language">
      {WRITTEN.map((language) => (
        <TextField
          key={language}
          field={`${field}-${language}`}
          label={`${label} (${t(`lang_${language}`)})`}
          lang={language}
          value={texts[language] ?? ""}
          required={language === "nb" && !optional}
          change={(text, at) => put(language, text, at)}
          {...(rows === undefined ? {} : { rows })}
        />
      ))}
    </div>
  );
}
