/** What the forms in the field's place have in common: a heading, errors beside the fields, an end. */
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { ViewProps } from "./app";
import type { Session } from "./session";
import { isAsking, phaseOf } from "./state";
import { textsOf } from "./wording";

interface FormProps extends ViewProps {
  readonly heading: string;
  readonly help: string;
  readonly submit: string;
  readonly busy?: boolean;
  /** How often it was sent and found wrong: each time the first fault is led to. */
  readonly tries: number;
  readonly onSubmit: () => void;
  readonly children: ComponentChildren;
}

export function FormFrame(props: FormProps) {
  const { state, session, heading, help, submit, busy = false, tries, onSubmit, children } = props;
  const form = useRef<HTMLFormElement>(null);
  const title = useRef<HTMLHeadingElement>(null);

  useLayoutEffect(() => {
    title.current?.focus();
    return () => {
      // Whoever was in the form is led on to what comes in its place; nobody else is moved.
      const within = form.current?.contains(document.activeElement) ?? false;
      if (within) requestAnimationFrame(() => leadOn(session));
    };
  }, []);
  useLayoutEffect(() => {
    form.current?.querySelector<HTMLElement>("[data-wrong=true]")?.focus();
  }, [tries]);

  return (
    <form
      ref={form}
      class="form"
      noValidate
      aria-labelledby="form-heading"
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      <h2 id="form-heading" ref={title} tabIndex={-1} data-form>
        {heading}
      </h2>
      <p class="lead">{help}</p>
      {children}
      <div class="choices">
        <button type="submit" class="ds-button" data-size="sm" aria-disabled={busy}>
          {submit}
        </button>
        <button
          type="button"
          class="ds-button"
          data-variant="secondary"
          data-size="sm"
          onClick={() => session.dispatch({ kind: "form_closed" })}
        >
          {textsOf(state).cancel}
        </button>
      </div>
    </form>
  );
}

/** To the field, or to what there is to read: a telephone's keyboard would cover that. */
function leadOn({ state }: Session): void {
  const reads = isAsking(state) || phaseOf(state) === "written" || state.conversation?.byReceipt;
  document.querySelector<HTMLElement>(reads ? ".dialogue" : "textarea")?.focus();
}

interface FieldProps {
  readonly id: string;
  readonly label: string;
  readonly value: string;
  /** Nothing: it is right so far. */
  readonly error: string;
  readonly type?: "text" | "email" | "tel";
  readonly autocomplete?: string;
  readonly onInput: (value: string) => void;
}

export function Field(props: FieldProps) {
  const { id, label, value, error, type = "text", autocomplete = "off", onInput } = props;
  return (
    <div class="entry">
      <label class="ds-label" for={id}>
        {label}
      </label>
      <input
        id={id}
        class="ds-input"
        type={type}
        list={undefined}
        value={value}
        autocomplete={autocomplete}
        autocapitalize="off"
        spellcheck={false}
        aria-required="true"
        aria-invalid={error !== ""}
        data-wrong={error !== ""}
        aria-describedby={`${id}-error`}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
      <FieldError id={`${id}-error`} error={error} />
    </div>
  );
}

export function FieldError({ id, error }: { readonly id: string; readonly error: string }) {
  return (
    <p id={id} class="help wrong">
      {error}
    </p>
  );
}
