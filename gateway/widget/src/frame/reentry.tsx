/** The way back to a written question, on any device: the receipt number and its code. */
import type { ViewProps } from "./app";
import { Field, FormFrame } from "./form";
import type { ReceiptForm } from "./forms";
import { errorsOf } from "./written";
import { textsOf } from "./wording";

interface ReentryProps extends ViewProps {
  readonly form: ReceiptForm;
}

export function Reentry({ state, session, form }: ReentryProps) {
  const texts = textsOf(state);
  const error = errorsOf(state, form.wrong);
  return (
    <FormFrame
      state={state}
      session={session}
      heading={texts.reentry}
      help={texts.reentry_help}
      submit={texts.reentry_open}
      busy={form.asking}
      tries={form.tries}
      onSubmit={() => void session.openReceipt()}
    >
      <Field
        id="receipt"
        label={texts.receipt_number}
        value={form.receipt}
        error={error("wrong_receipt")}
        onInput={(receipt) => session.dispatch({ kind: "receipt_changed", receipt })}
      />
      <Field
        id="receipt-secret"
        label={texts.receipt_secret}
        value={form.secret}
        error={error("wrong_secret")}
        onInput={(secret) => session.dispatch({ kind: "receipt_changed", secret })}
      />
      <p class="help" role="status">
        {form.asking ? texts.reentry_asking : ""}
      </p>
      <div role="alert">
        {form.unopened !== null && (
          <p class="ds-alert" data-color="danger">
            {texts[form.unopened]}
          </p>
        )}
      </div>
    </FormFrame>
  );
}
