/** The forms that may stand in the field's place: a written answer, and a receipt's way back. */
import { checkText, enqueue, findNumbers, type CAskWritten } from "@prek/wire";
import { isEmail, plainPhone, receiptNumber, receiptSecret } from "./contact";
import { forget } from "./forget";
import { say, type NewIds } from "./say";
import { isAsking, phaseOf, type State } from "./state";

export type AnswerBy = CAskWritten["answer_by"];
export type Wrong =
  | "wrong_question"
  | "wrong_way"
  | "wrong_email"
  | "wrong_phone"
  | "wrong_receipt"
  | "wrong_secret"
  | "refused_contact_invalid"
  | "refused_no_way_to_answer";
/** Why a receipt opened nothing. */
export type Unopened = "reentry_unknown" | "reentry_often" | "reentry_unreachable";

export interface WrittenForm {
  readonly kind: "written";
  readonly answerBy: AnswerBy | null;
  readonly contact: string;
  /** What must be put right, in the order of the form. */
  readonly wrong: readonly Wrong[];
  /** How often it was sent and found wrong. */
  readonly tries: number;
}

export interface ReceiptForm {
  readonly kind: "receipt";
  readonly receipt: string;
  readonly secret: string;
  readonly wrong: readonly Wrong[];
  readonly tries: number;
  /** The gateway is being asked. */
  readonly asking: boolean;
  readonly unopened: Unopened | null;
}

export type Form = WrittenForm | ReceiptForm;

export type FormHappening =
  | { readonly kind: "form_opened"; readonly form: Form["kind"] }
  | { readonly kind: "form_closed" }
  | {
      readonly kind: "written_changed";
      readonly answerBy?: AnswerBy;
      readonly contact?: string;
    }
  | {
      readonly kind: "written_submitted";
      readonly ids: NewIds & { readonly ask: string };
      readonly anyway: boolean;
    }
  | { readonly kind: "receipt_changed"; readonly receipt?: string; readonly secret?: string }
  | { readonly kind: "receipt_submitted" }
  | { readonly kind: "receipt_unopened"; readonly why: Unopened }
  /** The receipt and its secret were right. */
  | { readonly kind: "receipt_opened"; readonly conversation: string };

const WRITTEN: WrittenForm = { kind: "written", answerBy: null, contact: "", wrong: [], tries: 0 };
const RECEIPT: ReceiptForm = {
  kind: "receipt",
  receipt: "",
  secret: "",
  wrong: [],
  tries: 0,
  asking: false,
  unopened: null,
};

export function openForm(state: State, kind: Form["kind"]): State {
  const form = kind === "written" ? WRITTEN : RECEIPT;
  return { ...state, form, warning: false, refusal: null };
}

export function onForm(state: State, happening: FormHappening): State {
  switch (happening.kind) {
    case "form_opened":
      return openForm(state, happening.form);
    case "form_closed":
      return { ...state, form: null, warning: false };
    case "receipt_opened": {
      const conversation = { id: happening.conversation, opened: true, byReceipt: true };
      return { ...forget(state), conversation };
    }
    default:
      if (state.form === null) return state;
      return state.form.kind === "written"
        ? onWritten(state, state.form, happening)
        : onReceipt(state, state.form, happening);
  }
}

function onWritten(state: State, form: WrittenForm, happening: FormHappening): State {
  if (happening.kind === "written_changed") {
    const { answerBy = form.answerBy, contact = form.contact } = happening;
    // Another way has other faults than the one before.
    const same = answerBy === form.answerBy;
    const wrong = same ? form.wrong : form.wrong.filter((each) => each === "wrong_question");
    return { ...state, form: { ...form, answerBy, contact, wrong } };
  }
  if (happening.kind !== "written_submitted" || isAsking(state)) return state;
  return ask(state, form, happening.ids, happening.anyway);
}

/** Ask for a written answer, with the question itself where nothing has been said yet. */
function ask(
  state: State,
  form: WrittenForm,
  ids: NewIds & { ask: string },
  anyway: boolean,
): State {
  const fresh = phaseOf(state) === "new";
  const code = fresh ? checkText(state.draft) : null;
  const contact = contactOf(form);
  const wrong: Wrong[] = [
    ...(code === "text_blank" ? (["wrong_question"] as const) : []),
    ...wrongWay(form, contact),
  ];
  if (wrong.length > 0 || form.answerBy === null) {
    return { ...state, form: { ...form, wrong, tries: form.tries + 1 } };
  }
  if (code !== null) return { ...state, refusal: code };
  if (fresh && !anyway && findNumbers(state.draft).length > 0) {
    return { ...state, warning: true };
  }
  const said = fresh ? say(state, state.draft, ids) : state;
  if (said.conversation === null) return state;
  const action = { type: "ask_written", id: ids.ask, answer_by: form.answerBy, contact } as const;
  return {
    ...said,
    outbox: enqueue(said.outbox, said.conversation.id, action),
    form: null,
    warning: false,
    refusal: null,
  };
}

function contactOf({ answerBy, contact }: WrittenForm): string | null {
  const text = contact.trim();
  if (answerBy === "email") return isEmail(text) ? text : null;
  return answerBy === "phone" ? plainPhone(text) : null;
}

function wrongWay({ answerBy }: WrittenForm, contact: string | null): Wrong[] {
  if (answerBy === null) return ["wrong_way"];
  if (answerBy === "receipt" || contact !== null) return [];
  return [answerBy === "email" ? "wrong_email" : "wrong_phone"];
}

/** The server found what this form did not: it comes back as it was filled in. */
export function writtenRefused(state: State, action: CAskWritten, code: string): State {
  if (code !== "contact_invalid" && code !== "no_way_to_answer") return { ...state, refusal: code };
  return {
    ...state,
    form: {
      kind: "written",
      answerBy: action.answer_by,
      contact: action.contact ?? "",
      wrong: [`refused_${code}`],
      tries: 1,
    },
  };
}

function onReceipt(state: State, form: ReceiptForm, happening: FormHappening): State {
  switch (happening.kind) {
    case "receipt_changed": {
      const { receipt = form.receipt, secret = form.secret } = happening;
      return { ...state, form: { ...form, receipt, secret } };
    }
    case "receipt_submitted": {
      const wrong: Wrong[] = [];
      if (receiptNumber(form.receipt) === null) wrong.push("wrong_receipt");
      if (receiptSecret(form.secret) === null) wrong.push("wrong_secret");
      return {
        ...state,
        form: { ...form, wrong, tries: form.tries + 1, asking: wrong.length === 0, unopened: null },
      };
    }
    case "receipt_unopened":
      return { ...state, form: { ...form, asking: false, unopened: happening.why } };
    default:
      return state;
  }
}
