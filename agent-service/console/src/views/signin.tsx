import { useState } from "preact/hooks";
import { isKey } from "../texts";
import { useShown } from "./context";

export function SignIn() {
  const { desk, state, t } = useShown();
  const [wrong, setWrong] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const name = String(form.get("name") ?? "").trim();
    const password = String(form.get("password") ?? "");
    if (name === "" || password === "") return setWrong("sign_in_missing");
    setBusy(true);
    setWrong(await desk.signIn(name, password));
    setBusy(false);
  };
  return (
    <main class="sign-in">
      <form onSubmit={(event) => void submit(event)} noValidate>
        <h1 class="ds-heading" data-size="md">{t("sign_in_title")}</h1>
        {state.sign === "ended" && <p class="ds-alert" data-color="info">{t("session_ended")}</p>}
        <div class="field">
          <label class="ds-label" for="name">{t("username")}</label>
          <input class="ds-input" id="name" name="name" autocomplete="username" autocapitalize="none" />
        </div>
        <div class="field">
          <label class="ds-label" for="password">{t("password")}</label>
          <input class="ds-input" id="password" name="password" type="password" autocomplete="current-password" />
        </div>
        <div role="alert">
          {wrong !== null && isKey(wrong) && <p class="ds-alert" data-color="danger">{t(wrong)}</p>}
        </div>
        <button class="ds-button" type="submit" disabled={busy}>{t("sign_in")}</button>
      </form>
    </main>
  );
}
