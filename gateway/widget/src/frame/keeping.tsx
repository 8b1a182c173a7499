/** Keeping the answer: as a file, on paper, or by a link that is mailed or copied. */
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { isMailing, mailedOf } from "./afterwards";
import type { ViewProps } from "./app";
import { copyText } from "./clipboard";
import { isEmail } from "./contact";
import { copyLink, downloadCopy, type Copy, type CopyFormat } from "./copy";
import { Field } from "./form";
import { Copies, Printer, Save } from "./icons";
import { Press } from "./press";
import { textsOf } from "./wording";

type Told = "" | "copy_making" | "copy_failed" | "link_copied" | "link_here" | "mail_sent";

export function Keeping({ state, session }: ViewProps) {
  const texts = textsOf(state);
  const [told, setTold] = useState<Told>("");
  const [mailing, setMailing] = useState(false);
  const token = state.status?.token ?? null;
  const { language } = state;
  const copy: Copy | null =
    token === null ? null : { conversation: state.conversation?.id ?? "", token, language };
  const mailed = mailedOf(state);
  const before = useRef(mailed);

  useEffect(() => {
    // Said by the archive, here or in another tab: what was asked for before is in the log.
    if (mailed === before.current) return;
    before.current = mailed;
    setTold("mail_sent");
    setMailing(false);
  }, [mailed]);

  if (copy === null) return <p role="status">{texts.copy_wait}</p>;
  const save = async (format: CopyFormat) => {
    setTold("copy_making");
    const done = await downloadCopy(copy, format, texts.copy_file).then(
      () => "" as const,
      () => "copy_failed" as const,
    );
    setTold(done);
  };
  const link = async () => {
    const copied = await copyText(copyLink(copy, document.baseURI));
    setTold(copied ? "link_copied" : "link_here");
  };
  const toMail = () => document.querySelector<HTMLElement>("[data-mail]")?.focus();
  return (
    <>
      <p class="help">{texts.copy_help}</p>
      <div class="choices">
        <Press text={texts.copy_pdf} variant="primary" onPress={() => void save("pdf")}>
          <Save />
        </Press>
        <Press text={texts.copy_txt} onPress={() => void save("txt")} />
        <Press text={texts.copy_print} onPress={() => window.print()}>
          <Printer />
        </Press>
        <button
          type="button"
          class="ds-button"
          data-variant="secondary"
          data-size="sm"
          aria-expanded={mailing}
          data-mail
          onClick={() => setMailing(!mailing)}
        >
          {texts.mail}
        </button>
        <Press text={texts.link} onPress={() => void link()}>
          <Copies />
        </Press>
      </div>
      {mailing && (
        <Mail
          state={state}
          session={session}
          onClose={() => {
            setMailing(false);
            toMail();
          }}
        />
      )}
      <p class="told" role="status">
        {told !== "" && told !== "copy_failed" && texts[told]}
      </p>
      <div role="alert">{told === "copy_failed" && <p class="wrong">{texts.copy_failed}</p>}</div>
      {told === "link_here" && (
        <input
          class="ds-input"
          readOnly
          aria-label={texts.link}
          value={copyLink(copy, document.baseURI)}
          onFocus={(event) => event.currentTarget.select()}
        />
      )}
      <details class="aside-formats">
        <summary>{texts.copy_more}</summary>
        <div class="choices">
          <Press text={texts.copy_html} onPress={() => void save("html")} />
          <Press text={texts.copy_json} onPress={() => void save("json")} />
        </div>
      </details>
    </>
  );
}

interface MailProps extends ViewProps {
  readonly onClose: () => void;
}

/** Where to; the address is sent and not kept. */
function Mail({ state, session, onClose }: MailProps) {
  const texts = textsOf(state);
  const form = useRef<HTMLFormElement>(null);
  const [contact, setContact] = useState("");
  const [wrong, setWrong] = useState(0);
  const sending = isMailing(state);
  const refused = state.troubles.mail_copy;
  const misread = refused === "contact_invalid" ? texts.refused_contact_invalid : "";
  const error = wrong > 0 ? texts.wrong_email : misread;

  useLayoutEffect(() => form.current?.querySelector("input")?.focus(), []);
  useLayoutEffect(() => {
    if (error !== "") form.current?.querySelector("input")?.focus();
  }, [wrong, error]);
  useLayoutEffect(
    () => () => {
      // Sent, or closed: whoever was in it is led back to where it began.
      if (form.current?.contains(document.activeElement)) {
        requestAnimationFrame(() => document.querySelector<HTMLElement>("[data-mail]")?.focus());
      }
    },
    [],
  );

  return (
    <form
      ref={form}
      class="mail"
      noValidate
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.preventDefault();
        onClose();
      }}
      onSubmit={(event) => {
        event.preventDefault();
        const address = contact.trim();
        if (sending) return;
        if (!isEmail(address)) return setWrong(wrong + 1);
        setWrong(0);
        session.mailCopy(address);
      }}
    >
      <Field
        id="mail-contact"
        label={texts.email}
        type="email"
        autocomplete="email"
        value={contact}
        error={error}
        onInput={(text) => {
          setContact(text);
          setWrong(0);
        }}
      />
      <p class="help">{texts.mail_help}</p>
      <div role="alert">
        {refused !== undefined && misread === "" && (
          <p class="wrong">{refused === "not_allowed" ? texts.mail_often : texts.mail_failed}</p>
        )}
      </div>
      <div class="choices">
        <button type="submit" class="ds-button" data-size="sm" aria-disabled={sending}>
          {sending ? texts.tick_sending : texts.mail_send}
        </button>
        <Press text={texts.cancel} onPress={onClose} />
      </div>
    </form>
  );
}
