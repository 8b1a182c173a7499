/** Starts the frame: reads its address, opens the store and the socket, draws. */
import { render } from "preact";
import { pickLanguage } from "../texts/catalogue";
import { App } from "./app";
import { listen } from "./host";
import { Session } from "./session";
import { isLive } from "./state";
import { openBox, Store } from "./storage";

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
  session.dispatch({ kind: "shown", visible: message.prek === "open" });
  if (message.prek === "open" && message.focus) focusOnDialogue();
});
// Hidden until the loader says otherwise, so that what comes meanwhile counts as unread.
if (host.embedded) session.dispatch({ kind: "shown", visible: false });

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

const root = document.getElementById("root");
if (root !== null) render(<App session={session} host={host} />, root);
session.start();
host.tell({ prek: "ready" });
if (told.live) host.tell({ prek: "live", live: true });
