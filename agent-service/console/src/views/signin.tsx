/** Signing in: at the municipality's own provider, or with a local account. */
import { useEffect, useRef, useState } from "preact/hooks";
import { askWays, leaveFor, outcomeOf, type Way, type Ways } from "../signing";
import type { Key } from "../texts";
import { useShown } from "./context";

export function SignIn() {
  const { state, t } = useShown();
  const [ways, setWays] = useState<Ways | null>(null);
  const [outcome] = useState(() => outcomeOf(location.search));
  useEffect(() => {
    void askWays(location.search).then(setWays);
    // Said once: a reload is a new beginning. Which municipality it is about stays.
    const query = new URLSearchParams(location.search);
    query.delete("sign_in");
    const rest = query.size > 0 ? `?${query.toString()}` : "";
    history.replaceState(null, "", `${location.pathname}${rest}${location.hash}`);
  }, []);
  const providers = ways?.providers ?? [];
  return (
    <main class="sign-in">
      <div class="card">
        <h1>{t("sign_in_title")}</h1>
        {state.sign === "ended" && (
          <p class="ds-alert" data-color="info" role="status">{t("session_ended")}</p>
        )}
        <div role="alert">
          {outcome !== null && <p class="ds-alert" data-color="danger">{t(outcome)}</p>}
        </div>
        {ways === null && <p role="status">{t("loading")}</p>}
        {providers.map((way) => (
          <Provider key={way.url} way={way} named={differ(providers)} />
        ))}
        {ways?.local === true && providers.length === 0 && <Local />}
        {ways?.local === true && providers.length > 0 && (
          <details>
            <summary>{t("sign_in_local")}</summary>
            <Local />
          </details>
        )}
      </div>
    </main>
  );
}

/** Whether people have to be told which municipality a way belongs to. */
function differ(providers: readonly Way[]): boolean {
  return new Set(providers.map((way) => way.municipality)).size > 1;
}

function Provider({ way, named }: { readonly way: Way; readonly named: boolean }) {
  const { t } = useShown();
  return (
    <a class="ds-button" href={way.url} onClick={() => leaveFor(location.hash)}>
      {t("sign_in_with", { name: way.name })}
      {named && <> ({way.municipality})</>}
    </a>
  );
}

function Local() {
  const { desk, t } = useShown();
  const [wrong, setWrong] = useState<Key | null>(null);
  const [busy, setBusy] = useState(false);
  const name = useRef<HTMLInputElement>(null);
  const password = useRef<HTMLInputElement>(null);
  const tell = (key: Key | null) => {
    setWrong(key);
    if (key !== null) (name.current?.value === "" ? name : password).current?.focus();
  };
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const who = name.current?.value.trim() ?? "";
    const secret = password.current?.value ?? "";
    if (who === "" || secret === "") return tell("sign_in_missing");
    if (busy) return;
    setBusy(true);
    tell(await desk.signIn(who, secret));
    setBusy(false);
  };
  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <div class="field">
        <label class="ds-label" for="name">{t("username")}</label>
        <input
          class="ds-input"
          id="name"
          name="name"
          ref={name}
          autocomplete="username"
          autocapitalize="none"
          spellcheck={false}
          aria-describedby="sign-in-error"
        />
      </div>
      <div class="field">
        <label class="ds-label" for="password">{t("password")}</label>
        <input
          class="ds-input"
          id="password"
          name="password"
          type="password"
          ref={password}
          autocomplete="current-password"
          aria-describedby="sign-in-error"
        />
      </div>
      <div role="alert" id="sign-in-error">
        {wrong !== null && <p class="ds-alert" data-color="danger">{t(wrong)}</p>}
      </div>
      <button class="ds-button" type="submit" aria-disabled={busy}>
        {t(busy ? "signing_in" : "sign_in")}
      </button>
    </form>
  );
}
