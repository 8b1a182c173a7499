/** What the search found: when, who, what, and of which conversation. */
import { useState } from "preact/hooks";
import { clockTime, longDate } from "../clock";
import { isKey } from "../texts";
import { useShown } from "../views/context";
import type { Entry } from "./asking";
import { Opened } from "./opened";

/** Letters of the id that a conversation is called by. */
const REFERENCE = 6;

interface FoundProps {
  readonly entries: readonly Entry[];
  /** Search for one conversation alone. */
  readonly only: (conversation: string) => void;
}

export function Found({ entries, only }: FoundProps) {
  const { t } = useShown();
  const [open, setOpen] = useState<string | null>(null);
  return (
    <>
      <div class="scrolling" role="region" aria-label={t("audit_caption")} tabIndex={0}>
        <table>
          <caption>{t("audit_caption")}</caption>
          <thead>
            <tr>
              <th scope="col">{t("audit_at")}</th>
              <th scope="col">{t("audit_who")}</th>
              <th scope="col">{t("audit_action")}</th>
              <th scope="col">{t("audit_conversation")}</th>
              <th scope="col">{t("audit_about")}</th>
            </tr>
          </thead>
          <tbody>
            {entries.map((entry) => (
              <Row key={entry.id} {...{ entry, only }} read={setOpen} />
            ))}
          </tbody>
        </table>
      </div>
      {open !== null && (
        <Opened conversation={open} reference={referenceOf(open)} close={() => setOpen(null)} />
      )}
    </>
  );
}

function referenceOf(conversation: string): string {
  return conversation.slice(-REFERENCE).toUpperCase();
}

interface RowProps {
  readonly entry: Entry;
  readonly only: (conversation: string) => void;
  readonly read: (conversation: string) => void;
}

function Row({ entry: { at, who, action, conversation, about }, only, read }: RowProps) {
  const { agent, t, language } = useShown();
  const words = `audit_action_${action}`;
  const reference = conversation === null ? "" : referenceOf(conversation);
  const name = agent(who);
  return (
    <tr>
      <td>
        <time dateTime={at}>
          {longDate(at, language)}, {clockTime(at, language)}
        </time>
      </td>
      <td>
        <bdi>{name}</bdi>
        {name !== who && <small class="hint"> {who}</small>}
      </td>
      <td>{isKey(words) ? t(words) : action}</td>
      <td>
        {conversation !== null && (
          <button
            type="button"
            class="as-link"
            title={conversation}
            aria-label={t("audit_only", { ref: reference })}
            onClick={() => only(conversation)}
          >
            {reference}
          </button>
        )}
        {conversation !== null && (
          <button
            type="button"
            class="as-link"
            aria-haspopup="dialog"
            aria-label={t("audit_read", { ref: reference })}
            onClick={() => read(conversation)}
          >
            {t("earlier_read")}
          </button>
        )}
      </td>
      <td>
        <About of={about} />
      </td>
    </tr>
  );
}

function About({ of }: { readonly of: Entry["about"] }) {
  const { t, agent, language } = useShown();
  const said = (name: string, value: string) => {
    if (name === "agent" || name === "who") return agent(value);
    const [action, presence] = [`audit_action_${value}`, `presence_${value}`];
    if (name === "presence" && isKey(presence)) return t(presence);
    if (isKey(action)) return t(action);
    if (!/^\d{4}-\d\d-\d\dT/.test(value)) return value;
    return `${longDate(value, language)}, ${clockTime(value, language)}`;
  };
  const facts = Object.entries(of).filter(([, value]) => value !== null && value !== "");
  return (
    <>
      {facts.map(([name, value]) => {
        const key = `audit_about_${name}`;
        return (
          <div key={name}>
            {isKey(key) ? t(key) : name}: <bdi>{said(name, String(value))}</bdi>
          </div>
        );
      })}
    </>
  );
}
