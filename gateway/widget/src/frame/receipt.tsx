/** What the citizen keeps of a written question: its number and code, the deadline, what is next. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { TextKey } from "../texts/catalogue";
import type { ViewProps } from "./app";
import { copyText } from "./clipboard";
import { momentOf } from "./dates";
import type { AnswerBy } from "./forms";
import { Copies } from "./icons";
import { isAsking, isBeingAnswered, phaseOf } from "./state";
import { textsOf } from "./wording";

const NEXT: Readonly<Record<AnswerBy, TextKey>> = {
  email: "receipt_next_email",
  phone: "receipt_next_phone",
  receipt: "receipt_next_receipt",
};

export function Receipt({ state, session }: ViewProps) {
  const texts = textsOf(state);
  const { status } = state;
  const number = status?.receipt ?? null;
  // The answer is what is to be read now, and not the receipt below it.
  if (phaseOf(state) !== "written" || number === null || isBeingAnswered(state)) return null;
  const secret = status?.receipt_secret ?? null;
  const due = status?.due_at ?? null;
  const next = texts[NEXT[status?.answer_by ?? "receipt"]];
  return (
    <section class="receipt" aria-labelledby="receipt-heading">
      <Heading text={texts.receipt} />
      <dl>
        <Row name={texts.receipt_number} value={number} code />
        {secret !== null && <Row name={texts.receipt_secret} value={secret} code />}
        {due !== null && <Row name={texts.receipt_due} value={momentOf(state, due)} />}
      </dl>
      <p>{next}</p>
      {secret !== null && <p>{texts.receipt_keep}</p>}
      <div class="choices">
        {secret !== null && (
          <CopyButton state={state} session={session} number={number} secret={secret} />
        )}
        <button
          type="button"
          class="ds-button"
          data-variant="tertiary"
          data-size="sm"
          disabled={isAsking(state)}
          onClick={() => session.dispatch({ kind: "form_opened", form: "written" })}
        >
          {texts.receipt_change}
        </button>
        <button
          type="button"
          class="ds-button"
          data-variant="tertiary"
          data-size="sm"
          disabled={isAsking(state)}
          onClick={() => {
            session.beginAnew();
            // The field comes with the next drawing.
            requestAnimationFrame(() => document.querySelector<HTMLElement>("textarea")?.focus());
          }}
        >
          {texts.again}
        </button>
      </div>
    </section>
  );
}

function Heading({ text }: { readonly text: string }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    // Whoever just sent the form stands on the dialogue, or nowhere: nobody else is moved.
    const at = document.activeElement;
    const led = at === document.body || at?.matches(".dialogue") === true;
    if (!led || !document.hasFocus()) return;
    heading.current?.focus({ preventScroll: true });
    // All of it if there is room, and its beginning if there is not.
    heading.current?.parentElement?.scrollIntoView({ block: "nearest" });
    heading.current?.scrollIntoView({ block: "nearest" });
  }, []);
  return (
    <h2 id="receipt-heading" ref={heading} tabIndex={-1}>
      {text}
    </h2>
  );
}

interface RowProps {
  readonly name: string;
  readonly value: string;
  readonly code?: boolean;
}

function Row({ name, value, code = false }: RowProps) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{code ? <code translate={false}>{value}</code> : value}</dd>
    </div>
  );
}

interface CopyProps extends ViewProps {
  readonly number: string;
  readonly secret: string;
}

function CopyButton({ state, number, secret }: CopyProps) {
  const texts = textsOf(state);
  const [told, setTold] = useState<"" | "receipt_copied" | "receipt_copy_failed">("");
  const text = `${texts.receipt_number}: ${number}\n${texts.receipt_secret}: ${secret}\n`;
  return (
    <>
      <button
        type="button"
        class="ds-button"
        data-size="sm"
        onClick={() => {
          // Emptied first, so that it is read aloud the second time too.
          setTold("");
          void copyText(text).then((done) =>
            setTold(done ? "receipt_copied" : "receipt_copy_failed"),
          );
        }}
      >
        <Copies />
        {texts.receipt_copy}
      </button>
      <p class="help" role="status">
        {told === "" ? "" : texts[told]}
      </p>
    </>
  );
}
