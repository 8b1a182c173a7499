/** Starts the desk, and redraws it when its state or the second changes. */
import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { offersToMe } from "./board";
import { Desk } from "./desk";
import { CATALOGUES, isLanguage, type Language } from "./texts";
import { Alerts } from "./views/alerts";
import { Context } from "./views/context";
import { Details } from "./views/details";
import { Dialogue } from "./views/dialogue";
import { ForcedAway, Header } from "./views/header";
import { Lists } from "./views/list";
import { Offers } from "./views/offers";
import { SignIn } from "./views/signin";

const LANGUAGE = "prek:language";

function firstLanguage(): Language {
  const kept = localStorage.getItem(LANGUAGE);
  const spoken = navigator.language.slice(0, 2);
  return isLanguage(kept) ? kept : isLanguage(spoken) ? spoken : "nb";
}

/** Alt+Shift+A takes the first offer, Alt+Shift+D declines it. */
function onKey(desk: Desk, event: KeyboardEvent): void {
  if (!event.altKey || !event.shiftKey) return;
  const summary = offersToMe(desk.state.board)[0];
  if (summary?.offer == null) return;
  const about = { conversation: summary.conversation, offer: summary.offer.id };
  if (event.code === "KeyA") {
    desk.act({ type: "accept", ...about });
    desk.dispatch({ type: "select", conversation: summary.conversation });
  } else if (event.code === "KeyD") desk.act({ type: "decline", ...about });
  else return;
  event.preventDefault();
}

function App({ desk }: { readonly desk: Desk }) {
  const [, redraw] = useState(0);
  const [language, choose] = useState(firstLanguage);
  useEffect(() => {
    const again = () => redraw((n) => n + 1);
    const stop = desk.subscribe(again);
    const clock = window.setInterval(again, 1_000);
    const keys = (event: KeyboardEvent) => onKey(desk, event);
    addEventListener("keydown", keys);
    return () => {
      stop();
      window.clearInterval(clock);
      removeEventListener("keydown", keys);
    };
  }, [desk]);
  useEffect(() => {
    document.documentElement.lang = language;
    document.title = CATALOGUES[language].app_name;
    localStorage.setItem(LANGUAGE, language);
  }, [language]);
  const { state } = desk;
  const now = Date.now() + state.skew;
  return (
    <Context.Provider value={{ desk, state, language, setLanguage: choose, now }}>
      {state.sign === "in" ? (
        <div class="desk">
          <Header />
          <Alerts />
          <ForcedAway />
          <Offers />
          <Lists />
          <Dialogue />
          <Details />
        </div>
      ) : state.sign === "unknown" ? (
        <p class="empty" role="status">{CATALOGUES[language].loading}</p>
      ) : (
        <SignIn />
      )}
    </Context.Provider>
  );
}

const desk = new Desk(`${location.origin.replace(/^http/, "ws")}/ws/agent`);
const root = document.getElementById("root");
if (root !== null) render(<App desk={desk} />, root);
desk.start();
