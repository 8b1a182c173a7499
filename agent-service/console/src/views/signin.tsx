/** Signing in with a local account. */
import { useRef, useState } from "preact/hooks";
import type { Key } from "../texts";
import { useShown } from "./context";

export function SignIn() {
  const { desk, state, t } = useShown();
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
    <main class="sign-in">
      <form onSubmit={(event) => void submit(event)} noValidate>
        <h1>{t("sign_in_title")}</h1>
        {state.sign === "ended" && (
          <p class="ds-alert" data-color="info" role="status">{t("session_ended")}</p>
        )}
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
    </main>
  );
}
