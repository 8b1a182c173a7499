/** The window: header, where the enquiry is, the dialogue, the field. */
import { useEffect, useState } from "preact/hooks";
import { Composer } from "./composer";
import { Dialogue } from "./dialogue";
import { Ended } from "./ended";
import { Header } from "./header";
import type { Host } from "./host";
import { Notices, StatusBar } from "./notices";
import type { Session } from "./session";
import { phaseOf, type State } from "./state";
import { textsOf } from "./wording";

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
    document.documentElement.lang = state.language;
    document.title = texts.title;
  }, [state.language]);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || event.defaultPrevented || event.isComposing) return;
      // The innermost thing closes first.
      const { askingToEnd, warning } = session.state;
      if (askingToEnd) session.dispatch({ kind: "end_cancelled" });
      else if (warning) session.dispatch({ kind: "warning_closed" });
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
      <main class="room">
        <StatusBar state={state} session={session} />
        <Dialogue state={state} session={session} />
        <Notices state={state} session={session} />
        {phaseOf(state) === "closed" ? (
          <Ended state={state} session={session} />
        ) : (
          <Composer state={state} session={session} />
        )}
      </main>
    </div>
  );
}
