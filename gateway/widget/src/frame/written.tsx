/** The form for a written answer: the question if nothing was said yet, and the way to answer. */
import { MAX_TEXT_BYTES, utf8Bytes } from "@prek/wire";
import type { TextKey } from "../texts/catalogue";
import type { ViewProps } from "./app";
import { ChosenFiles } from "./attach";
import { Warning } from "./composer";
import { Field, FieldError, FormFrame } from "./form";
import type { AnswerBy, WrittenForm, Wrong } from "./forms";
import { phaseOf } from "./state";
import { textsOf } from "./wording";

const WAYS: readonly (readonly [AnswerBy, TextKey, TextKey])[] = [
  ["email", "by_email", "by_email_help"],
  ["phone", "by_phone", "by_phone_help"],
  ["receipt", "by_receipt", "by_receipt_help"],
];

interface WrittenProps extends ViewProps {
  readonly form: WrittenForm;
}

export function Written({ state, session, form }: WrittenProps) {
  const texts = textsOf(state);
  const error = errorsOf(state, form.wrong);
  return (
    <FormFrame
      state={state}
      session={session}
      heading={texts.ask_written}
      help={phaseOf(state) === "active" ? texts.written_help_active : texts.written_help}
      submit={texts.written_send}
      tries={form.tries}
      onSubmit={() => session.askWritten()}
    >
      {state.warning && (
        <Warning state={state} session={session} onSend={() => session.askWritten(true)} />
      )}
      {phaseOf(state) === "new" && (
        <Question state={state} session={session} error={error("wrong_question")} />
      )}
      <Ways
        state={state}
        session={session}
        form={form}
        error={error("wrong_way", "refused_no_way_to_answer")}
      />
      {form.answerBy === "email" && (
        <Field
          id="contact-email"
          label={texts.email}
          type="email"
          autocomplete="email"
          value={form.contact}
          error={error("wrong_email", "refused_contact_invalid")}
          onInput={(contact) => session.dispatch({ kind: "written_changed", contact })}
        />
      )}
      {form.answerBy === "phone" && (
        <Field
          id="contact-phone"
          label={texts.phone}
          type="tel"
          autocomplete="tel"
          value={form.contact}
          error={error("wrong_phone", "refused_contact_invalid")}
          onInput={(contact) => session.dispatch({ kind: "written_changed", contact })}
        />
      )}
    </FormFrame>
  );
}

/** The words for the first of some faults that a form has; nothing: it has none of them. */
export function errorsOf(state: ViewProps["state"], wrong: readonly Wrong[]) {
  const texts = textsOf(state);
  return (...about: readonly Wrong[]): string => {
    const found = wrong.find((each) => about.includes(each));
    return found === undefined ? "" : texts[found];
  };
}

interface QuestionProps extends ViewProps {
  readonly error: string;
}

function Question({ state, session, error }: QuestionProps) {
  const texts = textsOf(state);
  const tooLong = utf8Bytes(state.draft) > MAX_TEXT_BYTES;
  return (
    <div class="entry">
      <ChosenFiles state={state} session={session} />
      <label class="ds-label" for="question">
        {texts.written_question}
      </label>
      <textarea
        id="question"
        class="ds-input"
        rows={3}
        value={state.draft}
        autocomplete="off"
        aria-required="true"
        aria-invalid={error !== "" || tooLong}
        data-wrong={error !== ""}
        aria-describedby="question-error"
        onInput={(event) => session.typed(event.currentTarget.value)}
      />
      <FieldError id="question-error" error={tooLong ? texts.too_long : error} />
    </div>
  );
}

interface WaysProps extends WrittenProps {
  readonly error: string;
}

function Ways({ state, session, form, error }: WaysProps) {
  const texts = textsOf(state);
  return (
    <fieldset
      class="ways"
      role="radiogroup"
      aria-required="true"
      aria-invalid={error !== ""}
      aria-describedby="way-error"
    >
      <legend class="ds-label">{texts.written_how}</legend>
      {WAYS.map(([way, name, help]) => (
        <label key={way} class="way">
          <input
            type="radio"
            name="way"
            value={way}
            checked={form.answerBy === way}
            data-wrong={error !== ""}
            aria-describedby={`way-${way}`}
            onChange={() => session.dispatch({ kind: "written_changed", answerBy: way })}
          />
          <span>
            {texts[name]}
            <span id={`way-${way}`} class="help">
              {texts[help]}
            </span>
          </span>
        </label>
      ))}
      <FieldError id="way-error" error={error} />
    </fieldset>
  );
}
