/** The window: header, where the enquiry is, the dialogue, the field. */
import { useEffect, useState } from "preact/hooks";
import { Composer } from "./composer";
import { Dialogue } from "./dialogue";
import { Emergency } from "./emergency";
import { Ended } from "./ended";
import { Header } from "./header";
import type { Host } from "./host";
import { Banner, Notices, StatusBar } from "./notices";
import { Offer } from "./offer";
import { Reentry } from "./reentry";
import type { Session } from "./session";
import { phaseOf, type State } from "./state";
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

  const close = () => {
    // Not left to the page to say: what comes in between would count as seen.
    session.dispatch({ kind: "shown", visible: false });
    host.tell({ prek: "close" });
  };

  useEffect(() => {
    // A frame opened by itself has nobody to tell it to take the focus.
    if (window.parent === window) document.querySelector<HTMLElement>("textarea")?.focus();
  }, []);

  useEffect(() => {
    document.documentElement.lang = state.language;
    document.title = texts.title;
  }, [state.language]);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || event.defaultPrevented || event.isComposing) return;
      // The innermost thing closes first.
      const { askingToEnd, warning, form } = session.state;
      if (askingToEnd) session.dispatch({ kind: "end_cancelled" });
      else if (warning) session.dispatch({ kind: "warning_closed" });
      else if (form !== null) session.dispatch({ kind: "form_closed" });
      else if (host.embedded) close();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [session, host]);

  if (state.fatal) {
    return (
      <div class="window">
        <Header state={state} session={session} onClose={host.embedded ? close : null} />
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
      <Header state={state} session={session} onClose={host.embedded ? close : null} />
      <main class="room" data-crowded={state.form !== null || state.emergency !== null}>
        <Banner state={state} />
        <StatusBar state={state} session={session} />
        <Emergency state={state} session={session} />
        <Dialogue state={state} session={session} />
        <Notices state={state} session={session} />
        <Foot state={state} session={session} />
      </main>
    </div>
  );
}

/** What the citizen does next: write, fill in a form, or take the copy along. */
function Foot({ state, session }: ViewProps) {
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
