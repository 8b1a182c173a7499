/** The whole screen; drawn again when the desk's state or the second changes. */
import { useEffect, useReducer, useRef, useState } from "preact/hooks";
import { titleOf } from "./attention";
import { ASKED_ASIDE, carryOut, type Question } from "./commands";
import type { Desk } from "./desk";
import { commandOf } from "./keys";
import { linkedPart, linkedPlace } from "./links";
import { Pace } from "./pace";
import { applyPreferences, type Preferences } from "./preferences";
import { type Place, placesOf } from "./rights";
import { Announcer } from "./views/announcer";
import { Context, type Shown, useShown, wording } from "./views/context";
import { Details } from "./views/details";
import { Dialogue } from "./views/dialogue";
import { EmergencyDialog } from "./views/emergency";
import { Header } from "./views/header";
import { Lists } from "./views/list";
import { Notices } from "./views/notices";
import { Offers } from "./views/offers";
import { Panes } from "./views/panes";
import { PlacePage } from "./views/place-page";
import { Sheet } from "./views/sheet";
import { SignIn } from "./views/signin";

interface AppProps {
  readonly desk: Desk;
  readonly first: Preferences;
}

export function App({ desk, first }: AppProps) {
  const [preferences, setPreferences] = useState(first);
  const [asked, setAsked] = useState<{ of: string; question: Question } | null>(null);
  const [sheet, setSheet] = useState(false);
  const [emergency, setEmergency] = useState(false);
  const { place, part } = usePlace(desk);
  useRedraw(desk);
  useEffect(() => applyPreferences(preferences), [preferences]);
  const { state } = desk;
  const ask = (question: Question | null) => {
    // The state and not what was drawn: it may have been put on screen just now.
    const of = desk.state.selected;
    setAsked(question === null || of === null ? null : { of, question });
    if (question === null) return;
    const pane = ASKED_ASIDE.has(question) ? "details" : "dialogue";
    desk.dispatch({ type: "pane", pane });
  };
  const showSheet = () => setSheet(true);
  useKeys(desk, preferences.questionMark, ask, showSheet);
  const shown: Shown = {
    desk,
    state,
    preferences,
    prefer: (change) => setPreferences({ ...preferences, ...change }),
    // A question is about the conversation it was asked of, and goes with it.
    question: asked?.of === state.selected ? (asked?.question ?? null) : null,
    ask,
    showSheet,
    place,
    part,
    switchEmergency: () => setEmergency(true),
    now: Date.now() + state.skew,
  };
  useTitle(shown);
  return (
    <Context.Provider value={shown}>
      <Screen />
      {sheet && <Sheet close={() => setSheet(false)} />}
      {emergency && state.sign === "in" && <EmergencyDialog close={() => setEmergency(false)} />}
    </Context.Provider>
  );
}

function Screen() {
  const { desk, state, place, t } = useShown();
  if (state.sign === "unknown") return <p class="loading" role="status">{t("loading")}</p>;
  if (state.sign !== "in") return <SignIn />;
  if (place !== "desk") return <Elsewhere place={place} />;
  return (
    <div class="desk" data-pane={state.pane}>
      <a
        class="ds-skip-link"
        href="#dialogue"
        onClick={() => desk.dispatch({ type: "pane", pane: "dialogue" })}
      >
        {t("skip_to_dialogue")}
      </a>
      <Header />
      <Notices />
      <Panes />
      {/* A narrow screen hides columns, never the whole of what is main. */}
      <main class="columns">
        <Offers />
        <Lists />
        <Dialogue />
        <Details />
      </main>
      <Announcer />
    </div>
  );
}

/** Another place than the desk: offers and notices follow along, for citizens do not wait less. */
function Elsewhere({ place }: { readonly place: Exclude<Place, "desk"> }) {
  const { t } = useShown();
  const content = useRef<HTMLElement>(null);
  return (
    <div class="elsewhere">
      <a
        class="ds-skip-link"
        href="#place-content"
        onClick={(event) => {
          // The fragment says where one is: as a link this would lead to the desk.
          event.preventDefault();
          content.current?.focus();
        }}
      >
        {t("skip_to_content")}
      </a>
      <Header />
      <Notices />
      <main id="place-content" class="place" tabIndex={-1} ref={content}>
        <Offers />
        <PlacePage key={place} place={place} />
      </main>
      <Announcer />
    </div>
  );
}

/** Follow the address, so that the browser's own back and reload work. */
function usePlace(desk: Desk): { place: Place; part: string } {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const follow = () => setHash(location.hash);
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  const { directory, board } = desk.state;
  const profile = directory?.agents.find(({ id }) => id === board.me);
  return { place: linkedPlace(hash, placesOf(profile)), part: linkedPart(hash) };
}

/** Draw again when the state changes (the desk's frames in a rush together), and every second for the clocks. */
function useRedraw(desk: Desk): void {
  const [, redraw] = useReducer((n: number) => n + 1, 0);
  useEffect(() => {
    const pace = new Pace(() => redraw(undefined));
    const stop = desk.subscribe((rushed) => pace.changed(rushed));
    const clock = window.setInterval(() => pace.now(), 1_000);
    return () => {
      stop();
      pace.stop();
      window.clearInterval(clock);
    };
  }, [desk]);
}

function useKeys(
  desk: Desk,
  single: boolean,
  ask: (question: Question) => void,
  showSheet: () => void,
): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (desk.state.sign !== "in" || event.defaultPrevented || event.isComposing) return;
      const command = commandOf(event, { typing: isField(event.target), single });
      if (command !== null && carryOut(command, { desk, ask, showSheet })) event.preventDefault();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  });
}

function isField(target: EventTarget | null): boolean {
  return target instanceof Element && target.matches("input, textarea, select");
}

/** The tab's title says what waits, for an agent who is in another window. */
function useTitle({ state, preferences, now }: Shown): void {
  const { t } = wording(state, preferences.language);
  const { count, sign, name } = titleOf(state, now);
  const title = `${count > 0 ? `(${count}) ` : ""}${sign}${t(name)}`;
  useEffect(() => {
    document.title = title;
  }, [title]);
}
