/** The set-up of the municipality, for administrators. */
import { useEffect, useState } from "preact/hooks";
import type { Key } from "../texts";
import { useShown } from "../views/context";
import { type Begun, beginAgain } from "./in-force";
import { Workshop } from "./workshop";

export function Page() {
  const { state, t } = useShown();
  const { tenant = "", agent = "" } = state.session ?? {};
  const kept = `prek:${tenant}:${agent}:set-up`;
  const [begun, setBegun] = useState<Begun | Key | null>(null);
  const load = () => void beginAgain(kept).then(setBegun);
  useEffect(load, [kept]);
  return (
    <div class="set-up">
      <h2>{t("su_title")}</h2>
      {begun === null && <p role="status">{t("loading")}</p>}
      {typeof begun === "string" && (
        <div class="ds-alert" data-color="danger" role="alert">
          <p>{t(begun)}</p>
          <button type="button" class="ds-button" onClick={load}>
            {t("su_again")}
          </button>
        </div>
      )}
      {begun !== null && typeof begun === "object" && <Workshop begun={begun} kept={kept} />}
    </div>
  );
}
