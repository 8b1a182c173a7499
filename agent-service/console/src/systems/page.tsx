/** What other systems of the municipality may do: keys, and webhooks. For administrators. */
import { useEffect, useState } from "preact/hooks";
import { isKey } from "../texts";
import { useShown } from "../views/context";
import { type Failed, makeHook, makeKey, systems, type Systems } from "./asking";
import { KeyForm } from "./key-form";
import { HookForm } from "./hook-form";
import { Hooks, Keys } from "./lists";
import { Secret } from "./secret";

type Shown = { readonly of: "keys" | "webhooks"; readonly secret: string } | null;

export function Page() {
  const { t } = useShown();
  const [found, setFound] = useState<Systems | null>(null);
  const [code, setCode] = useState<string | null>(null);
  const [made, setMade] = useState<Shown>(null);
  const load = async () => {
    const answer = await systems();
    if ("code" in answer) return setCode(answer.code);
    setCode(null);
    setFound(answer);
  };
  useEffect(() => void load(), []);
  const keep = (of: "keys" | "webhooks") => async (asked: Promise<{ secret: string } | Failed>) => {
    const answer = await asked;
    if ("code" in answer) return answer.code;
    setMade({ of, secret: answer.secret });
    await load();
    return null;
  };
  const failed = code === null ? null : `systems_code_${code}`;
  return (
    <div class="roomy">
      <h2>{t("systems_title")}</h2>
      <p class="hint">{t("systems_hint")}</p>
      <div role="status">{found === null && code === null && <p>{t("loading")}</p>}</div>
      <div role="alert">
        {failed !== null && (
          <p class="ds-alert" data-color="danger">
            {t(isKey(failed) ? failed : "systems_failed")}
          </p>
        )}
      </div>
      {found !== null && (
        <>
          <section class="panelled" aria-labelledby="keys-head">
            <h3 id="keys-head">{t("systems_keys")}</h3>
            <Keys keys={found.keys} changed={() => void load()} />
            {made?.of === "keys" && <Secret secret={made.secret} close={() => setMade(null)} />}
            <KeyForm make={(wanted) => keep("keys")(makeKey(wanted))} />
          </section>
          <section class="panelled" aria-labelledby="hooks-head">
            <h3 id="hooks-head">{t("systems_hooks")}</h3>
            <p class="hint">{t("systems_hooks_hint")}</p>
            <Hooks hooks={found.webhooks} changed={() => void load()} />
            {made?.of === "webhooks" && (
              <Secret secret={made.secret} close={() => setMade(null)} />
            )}
            <HookForm make={(wanted) => keep("webhooks")(makeHook(wanted))} />
          </section>
        </>
      )}
    </div>
  );
}
