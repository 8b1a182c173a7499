/** The keys and webhooks there are, and how each is ended. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { longDate } from "../clock";
import { useShown } from "../views/context";
import { end, type Hook, type Key, MILESTONES } from "./asking";

interface KeysProps {
  readonly keys: readonly Key[];
  readonly changed: () => void;
}

export function Keys({ keys, changed }: KeysProps) {
  const { t, agent, language } = useShown();
  const day = (at: string | null) => (at === null ? t("systems_never") : longDate(at, language));
  if (keys.length === 0) return <p>{t("systems_no_keys")}</p>;
  return (
    <Table
      caption={t("systems_keys")}
      heads={[t("systems_name"), t("systems_may"), t("systems_until"), t("systems_used")]}
    >
      {keys.map((key) => (
        <tr key={key.id}>
          <th scope="row">
            <bdi>{key.name}</bdi>
            <small class="hint"> {t("systems_made_by", { name: agent(key.made_by) })}</small>
          </th>
          <td>{key.scopes.map((scope) => t(`systems_scope_${scope}`)).join("; ")}</td>
          <td>{day(key.expires_at)}</td>
          <td>{day(key.used_on)}</td>
          <td>
            <End what="keys" id={key.id} name={key.name} changed={changed} />
          </td>
        </tr>
      ))}
    </Table>
  );
}

interface HooksProps {
  readonly hooks: readonly Hook[];
  readonly changed: () => void;
}

export function Hooks({ hooks, changed }: HooksProps) {
  const { t } = useShown();
  if (hooks.length === 0) return <p>{t("systems_no_hooks")}</p>;
  return (
    <Table caption={t("systems_hooks")} heads={[t("systems_url"), t("systems_milestones")]}>
      {hooks.map((hook) => (
        <tr key={hook.id}>
          <th scope="row">
            <bdi>{hook.url}</bdi>
          </th>
          <td>
            {MILESTONES.filter((each) => hook.milestones.includes(each))
              .map((each) => t(`systems_milestone_${each}`))
              .join("; ")}
          </td>
          <td>
            <End what="webhooks" id={hook.id} name={hook.url} changed={changed} />
          </td>
        </tr>
      ))}
    </Table>
  );
}

interface TableProps {
  readonly caption: string;
  readonly heads: readonly string[];
  readonly children: ComponentChildren;
}

function Table({ caption, heads, children }: TableProps) {
  const { t } = useShown();
  return (
    <div class="scrolling" role="group" aria-label={caption} tabIndex={0}>
      <table>
        <caption class="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            {heads.map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
            <th scope="col">{t("systems_actions")}</th>
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

interface EndProps {
  readonly what: "keys" | "webhooks";
  readonly id: string;
  readonly name: string;
  readonly changed: () => void;
}

/** Ended is for good: it is asked for twice. */
function End({ what, id, name, changed }: EndProps) {
  const { t } = useShown();
  const [sure, setSure] = useState(false);
  const [failed, setFailed] = useState(false);
  const press = async () => {
    if (!sure) return setSure(true);
    const wrong = await end(what, id);
    setFailed(wrong !== null);
    if (wrong === null) changed();
  };
  return (
    <>
      <button
        type="button"
        class="ds-button"
        data-variant="secondary"
        data-color="danger"
        aria-label={t(sure ? "systems_end_sure_of" : "systems_end_of", { name })}
        onClick={() => void press()}
        onBlur={() => setSure(false)}
      >
        {t(sure ? "systems_end_sure" : "systems_end")}
      </button>
      <span role="alert" class="error">
        {failed && t("systems_failed")}
      </span>
    </>
  );
}
