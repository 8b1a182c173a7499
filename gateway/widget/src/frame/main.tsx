/** Starts the frame: reads its address, opens the store and the socket, draws. */
import { render } from "preact";
import { load, pickLanguage, type Language } from "../texts/catalogue";
import { App } from "./app";
import { listen } from "./host";
import { Session } from "./session";
import { isLive } from "./state";
import { openBox } from "./box";
import { Store } from "./storage";

const query = new URLSearchParams(location.search);
const tenant = query.get("tenant") ?? "";

const address = new URL("../ws/citizen", document.baseURI);
address.protocol = address.protocol.replace("http", "ws");

const store = new Store(
  tenant,
  openBox(() => localStorage),
  openBox(() => sessionStorage),
);
const session = new Session(tenant, store, address.href, {
  language: pickLanguage(query.get("lang")),
});

const host = listen(query.get("host"), (message) => {
  switch (message.prek) {
    case "open":
    case "closed":
      session.show(message.prek === "open");
      if (message.prek === "open" && message.focus) focusOnDialogue();
      break;
    case "notify":
      session.dispatch({ kind: "notify", state: message.state });
      break;
    case "lang":
      void turn(pickLanguage(message.lang));
  }
});
// Hidden until the loader says otherwise, so that what comes meanwhile counts as unread.
if (host.embedded) session.show(false);

/** The page is in another language now; one whose texts cannot be had is not turned to. */
async function turn(language: Language): Promise<void> {
  const had = await load(language).then(
    () => true,
    () => false,
  );
  if (had) session.dispatch({ kind: "page_language", language });
}

/** The text field, or what stands in its place once the conversation has ended. */
function focusOnDialogue(): void {
  document.querySelector<HTMLElement>("textarea, [data-form], [data-ended]")?.focus();
}

let told = { unread: 0, live: isLive(session.state) };
session.subscribe(() => {
  const now = { unread: session.state.unread, live: isLive(session.state) };
  if (now.unread !== told.unread) host.tell({ prek: "unread", count: now.unread });
  if (now.live !== told.live) host.tell({ prek: "live", live: now.live });
  told = now;
});

// What cannot be had is shown in bokmål.
await load(session.state.language).catch(() => null);
const root = document.getElementById("root");
if (root !== null) render(<App session={session} host={host} />, root);
session.start();
host.tell({ prek: "ready" });
if (told.live) host.tell({ prek: "live", live: true });
