/** The window: header, where the enquiry is, the dialogue, the field. */
import { useEffect, useRef, useState } from "preact/hooks";
import { shownLanguage } from "../texts/catalogue";
import { DropArea } from "./attach";
import { Composer } from "./composer";
import { Dialogue } from "./dialogue";
import { Emergency } from "./emergency";
import { Ended } from "./ended";
import { Forgotten } from "./forgetting";
import { Header } from "./header";
import type { Host } from "./host";
import { Banner, Notices, StatusBar } from "./notices";
import { Nudge } from "./nudge";
import { Offer } from "./offer";
import { Reentry } from "./reentry";
import type { Session } from "./session";
import { Settings } from "./settings";
import { phaseOf, type State } from "./state";
import { useTheme } from "./theming";
import { textsOf } from "./wording";
import { Written } from "./written";

export interface ViewProps {
  readonly state: State;
  readonly session: Session;
}

function useSession(session: Session): State {
  const [state, setState] = useState(session.state);
  useEffect(() => {
    setState(session.state);
    return session.subscribe(() => setState(session.state));
  }, [session]);
  return state;
}

export function App({ session, host }: { readonly session: Session; readonly host: Host }) {
  const state = useSession(session);
  const texts = textsOf(state);
  useTheme(state.setup?.look.colour ?? null);
  const [settings, setSettings] = useState(false);
  const shownSettings = useRef(false);
  shownSettings.current = settings;
  const closeSettings = () => {
    setSettings(false);
    document.querySelector<HTMLElement>("[data-settings]")?.focus();
  };

  const close = () => {
    // Not left to the page to say: what comes in between would count as seen.
    session.show(false);
    host.tell({ prek: "close" });
  };

  useEffect(() => {
    // A frame opened by itself has nobody to tell it to take the focus.
    if (window.parent === window) document.querySelector<HTMLElement>("textarea")?.focus();
  }, []);

  useEffect(() => {
    document.documentElement.lang = shownLanguage(state.language);
    document.title = state.unread > 0 ? `(${state.unread}) ${texts.title}` : texts.title;
  }, [state.language, state.unread]);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || event.defaultPrevented || event.isComposing) return;
      // The innermost thing closes first.
      const { askingToEnd, warning, form } = session.state;
      if (shownSettings.current) closeSettings();
      else if (askingToEnd) session.dispatch({ kind: "end_cancelled" });
      else if (warning) session.dispatch({ kind: "warning_closed" });
      else if (form !== null) session.dispatch({ kind: "form_closed" });
      else if (host.embedded) close();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [session, host]);

  const header = (
    <Header
      state={state}
      session={session}
      onClose={host.embedded ? close : null}
      settings={{ open: settings, toggle: () => setSettings(!settings) }}
    />
  );
  if (state.fatal) {
    return (
      <div class="window">
        {header}
        <main class="room">
          <p class="ds-alert fatal" role="alert" data-color="danger">
            {texts.fatal}
          </p>
        </main>
      </div>
    );
  }
  return (
    <div class="window">
      {header}
      {settings && <Settings state={state} session={session} host={host} />}
      <DropArea state={state} session={session} />
      <main class="room" data-crowded={state.form !== null || state.emergency !== null}>
        <Banner state={state} />
        <StatusBar state={state} session={session} />
        <Emergency state={state} session={session} />
        <Dialogue state={state} session={session} />
        <Notices state={state} session={session} />
        <Nudge state={state} session={session} />
        <Foot state={state} session={session} />
      </main>
    </div>
  );
}

/** What the citizen does next: write, fill in a form, or take the copy along. */
function Foot({ state, session }: ViewProps) {
  if (state.forgotten !== null) return <Forgotten state={state} session={session} />;
  if (phaseOf(state) === "closed") return <Ended state={state} session={session} />;
  if (state.form?.kind === "written") {
    return <Written state={state} session={session} form={state.form} />;
  }
  if (state.form?.kind === "receipt") {
    return <Reentry state={state} session={session} form={state.form} />;
  }
  return (
    <>
      <Offer state={state} session={session} />
      <Composer state={state} session={session} />
    </>
  );
}
