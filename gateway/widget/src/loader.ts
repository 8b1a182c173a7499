/**
 * The one line on the host page. Draws the button; the frame comes with the first click. Depends
 * on nothing and keeps to itself: shadow DOM, one global, no style or markup of the page touched.
 * What is here is fetched by every visitor of the page, so it is written for weight: variables of
 * a closure get short names in the build, properties of a class do not.
 */

type Name = "open" | "close" | "unread" | "ready";
type Listener = (count?: number) => void;

interface Prek {
  open(): void;
  close(): void;
  /** Listen; call what is returned to stop. `ready` is told at once to who comes late. */
  on(name: Name, listener: Listener): () => void;
}

declare global {
  interface Window {
    prek?: Prek;
  }
}

/** What is on the button, one and several messages, what ends a window that does not load. */
const WORDS = {
  nb: ["Prek med oss", "ny melding", "nye meldinger", "Lukk"],
  nn: ["Prek med oss", "ny melding", "nye meldingar", "Lukk"],
  en: ["Chat with us", "new message", "new messages", "Close"],
} as const;

type Language = keyof typeof WORDS;

/** Screens that the window fills. */
const SMALL = "(max-width:480px),(max-height:480px)";

// Rules of the host element are important ones: among those the inner sheet wins over the page's.
// Its place is fixed, so that it takes no room and its own order of layers is above all others.
const STYLE = `
:host{all:initial!important;position:fixed!important;z-index:2147483647!important}
*{box-sizing:border-box}
.b,.p{position:fixed;right:max(16px,env(safe-area-inset-right));bottom:max(16px,env(safe-area-inset-bottom));border:2px solid transparent;border-radius:28px;box-shadow:0 4px 24px rgb(0 0 0/.35)}
.b{display:flex;align-items:center;gap:10px;min-height:56px;padding:8px 20px;font:600 max(17px,1rem)/1.2 Inter,system-ui,sans-serif;color:var(--prek-ink,#fff);background:var(--prek-color,#0062ba);cursor:pointer}
.b:hover{text-decoration:underline}
:focus-visible{outline:3px solid #fff;outline-offset:-5px;box-shadow:0 0 0 3px #1e2b3c}
svg{width:26px;fill:none;stroke:currentColor;stroke-width:2;stroke-linejoin:round}
.n{padding:2px 8px;border-radius:28px;color:#1e2b3c;background:#fff}
[hidden]{display:none!important}
.p{width:min(420px,100vw - 32px);height:min(720px,100dvh - 32px);overflow:hidden;border:1px solid #8888;border-radius:14px;background:Canvas}
.x{position:absolute;top:8px;right:8px;padding:12px;font:inherit}
iframe{width:100%;height:100%;border:0;color-scheme:light dark}
.s{position:absolute;clip-path:inset(50%)}
@media${SMALL}{.p{inset:0;top:var(--top,0);width:100%;height:var(--height,100%);border:0;border-radius:0}}
@media print{.b,.p{display:none}}`;

const ICON = "M3 4h18v13H11l-5 4v-4H3zM8 9h8M8 12h5";

const page = document.documentElement;

function dress<T extends Element>(element: T, attributes: Record<string, string>): T {
  for (const key in attributes) element.setAttribute(key, attributes[key] ?? "");
  return element;
}

function make<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Record<string, string> = {},
): HTMLElementTagNameMap[K] {
  return dress(document.createElement(name), attributes);
}

function icon(): SVGElement {
  const name = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(name, "svg");
  svg.append(dress(document.createElementNS(name, "path"), { d: ICON }));
  return dress(svg, { viewBox: "0 0 24 24", "aria-hidden": "true" });
}

/**
 * A keyboard on the screen lies over the page and moves it: where the window fills the screen, it
 * keeps to the part that is seen, so that the field is never covered. A page that is enlarged by
 * the fingers is left alone.
 */
function keepInView(panel: HTMLElement): void {
  const seen = window.visualViewport;
  const fit = () => {
    if (!seen || seen.scale > 1.01) return;
    panel.style.setProperty("--top", `${seen.offsetTop}px`);
    panel.style.setProperty("--height", `${seen.height}px`);
  };
  for (const name of ["resize", "scroll"]) seen?.addEventListener(name, fit);
  fit();
}

/** Black or white, whichever is read better on `#rrggbb`: one of them always has 4.5 to 1. */
function inkOn(colour: string): string {
  const light = [0.2126, 0.7152, 0.0722].reduce(
    (sum, share, n) => sum + share * (parseInt(colour.slice(2 * n + 1, 2 * n + 3), 16) / 255) ** 2.2,
    0,
  );
  return light > 0.18 ? "#000" : "#fff";
}

function start(script: HTMLScriptElement): void {
  const address = new URL(script.src);
  const { origin } = address;
  // A tag manager may leave nothing of a script but its address.
  const told = (name: string) => script.dataset[name] ?? address.searchParams.get(name) ?? "";
  const tenant = told("tenant");
  const key = "prek." + tenant;
  const listeners: [Name, Listener][] = [];

  const host = make("div", { role: "region" });
  const button = make("button", { class: "b", type: "button", "aria-haspopup": "dialog" });
  const words = make("span");
  const badge = make("span", { class: "n" });
  const panel = make("div", { class: "p", role: "dialog" });
  // Leads out of a window that does not load; the frame has a button of its own.
  const out = make("button", { class: "x", type: "button" });
  // What changes in a button is not read aloud: what is new is said beside it.
  const spoken = make("span", { class: "s", role: "status" });

  let tag = "";
  let language: Language = "nb";
  let title = "";
  let frame: HTMLIFrameElement | undefined;
  let placed = false;
  let ready = false;
  let open = false;
  let live = false;
  let notifying = false;
  let wantsFocus = false;
  let unread = 0;
  let opener: HTMLElement = button;

  const tell = (name: Name, count?: number) => {
    for (const [wanted, listener] of [...listeners]) if (wanted === name) listener(count);
  };

  const post = (message: object) => {
    if (ready) frame?.contentWindow?.postMessage(message, origin);
  };

  /** Keep a state for the next page of this tab, or read it. Without storage nothing is kept. */
  const kept = (state?: string) => {
    try {
      if (state !== undefined) sessionStorage.setItem(key, state);
      return sessionStorage.getItem(key) ?? "";
    } catch {
      return "";
    }
  };
  const remember = () => kept((open ? "open" : live ? "live" : "") + (notifying ? "!" : ""));

  const setUnread = (count: number) => {
    const news = `${count} ${WORDS[language][count === 1 ? 1 : 2]}`;
    badge.hidden = !count;
    badge.textContent = `${count}`;
    button.setAttribute("aria-label", count ? `${title} (${news})` : title);
    spoken.textContent = count && !open ? news : "";
    if (count > unread && notifying && document.hidden) notify(news);
    if (count !== unread) tell("unread", (unread = count));
  };

  const notify = (news: string) => {
    try {
      // Without content: it may be seen by others, and stays in the system's list.
      new Notification(title, { body: news, tag: key, lang: language }).onclick = () => {
        focus();
        show(true, true);
      };
    } catch {
      // A telephone's browser: notifications are for service workers only.
      setNotifying(false);
    }
  };

  /** The browser's consent is for the whole site; ours is for this tab, and may be taken back. */
  const setNotifying = (wanted: boolean) => {
    const state = window.Notification?.permission ?? "none";
    notifying = wanted && state === "granted";
    post({ prek: "notify", state: state === "granted" && !wanted ? "default" : state });
    remember();
  };

  /** Tell the frame whether it is seen, once it listens. */
  const say = () => {
    if (ready && open && wantsFocus) frame?.focus();
    post(open ? { prek: "open", focus: wantsFocus } : { prek: "closed" });
    if (ready) wantsFocus = false;
  };

  const load = () => {
    if (frame) return;
    const query = new URLSearchParams({ tenant, lang: tag, host: location.origin });
    frame = make("iframe", {
      title,
      src: `${origin}/widget/frame.html?${query}`,
      sandbox:
        "allow-scripts allow-same-origin allow-forms allow-popups allow-downloads allow-modals",
      allow: "clipboard-write",
    });
    panel.append(frame, out);
  };

  const show = (visible: boolean, withFocus: boolean) => {
    if (open === visible) return;
    open = visible;
    wantsFocus = visible && withFocus;
    if (visible) load();
    panel.hidden = !visible;
    button.hidden = visible;
    if (visible) setUnread(0);
    say();
    if (!visible && withFocus) {
      (opener.isConnected ? opener : button).focus();
      opener = button;
    }
    remember();
    tell(visible ? "open" : "close");
  };

  /** Asked for again while it is open: the citizen is led into it. */
  const openFrom = (element: Element | null) => {
    if (element instanceof HTMLElement && element !== document.body && element !== host)
      opener = element;
    wantsFocus = true;
    if (open) say();
    else show(true, true);
  };

  /** The page's language, which a page of one document may change at any time. */
  const speak = () => {
    const wanted = told("lang") || page.lang;
    if (title && wanted === tag) return;
    tag = wanted;
    language = (/^(nn|en)\b/i.exec(tag)?.[0].toLowerCase() ?? "nb") as Language;
    title = told("title") || WORDS[language][0];
    words.textContent = title;
    out.textContent = WORDS[language][3];
    host.lang = language;
    for (const each of [host, panel]) each.setAttribute("aria-label", title);
    if (frame) frame.title = title;
    setUnread(unread);
    post({ prek: "lang", lang: tag });
  };

  /** A citizen who went on to this page has the dialogue with them, without focus. */
  const resume = () => {
    const state = kept();
    notifying = state.endsWith("!");
    show(/^o/.test(state), false);
    if (/^l/.test(state)) load();
  };

  /** Beside the body: a page that exchanges its body takes neither the button nor the dialogue. */
  const place = () => {
    if (!host.isConnected) page.append(host);
    speak();
  };

  const begin = () => {
    place();
    new MutationObserver(place).observe(page, { childList: true, attributeFilter: ["lang"] });
    resume();
    placed = true;
    tell("ready");
  };

  const root = host.attachShadow({ mode: "open" });
  // A sheet made by script is not what a page's style-src forbids.
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  root.adoptedStyleSheets = [sheet];
  badge.hidden = panel.hidden = true;
  button.append(icon(), words, badge);
  if (told("button") !== "none") root.append(button);
  root.append(panel, spoken);
  const colour = told("colour");
  if (/^#[\da-f]{6}$/i.test(colour)) {
    host.style.setProperty("--prek-color", colour);
    host.style.setProperty("--prek-ink", inkOn(colour));
  }
  keepInView(panel);

  const close = () => show(false, true);
  /** What the frame says, by its own word for it. */
  const hear: Record<string, (data: { count?: unknown; live?: unknown }) => void> = {
    close,
    ready() {
      ready = true;
      out.remove();
      say();
      setNotifying(notifying);
    },
    unread: ({ count }) => setUnread(Number(count) || 0),
    live(data) {
      live = !!data.live;
      remember();
    },
    ask_notify: () => void window.Notification?.requestPermission().then(() => setNotifying(true)),
    notify_off: () => setNotifying(false),
  };

  button.onclick = () => openFrom(button);
  out.onclick = close;
  panel.onkeydown = (event) => {
    if (event.key === "Escape") close();
  };
  document.addEventListener("focusin", ({ target }) => {
    // The window covers the page: whoever goes on to the page with the keyboard is to see it.
    if (open && target !== host && matchMedia(SMALL).matches) show(false, false);
  });
  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    const asked = target?.closest("[data-prek-open]");
    if (!asked) return;
    event.preventDefault();
    openFrom(asked);
  });
  // Brought back as it was left: meanwhile the chat may have been opened on another page.
  addEventListener("pageshow", ({ persisted }) => {
    if (persisted) resume();
  });
  addEventListener("message", ({ source, origin: from, data }) => {
    if (!frame || source !== frame.contentWindow || from !== origin || !data) return;
    hear[data.prek as string]?.(data);
  });

  window.prek = {
    open: () => openFrom(document.activeElement),
    close,
    on: (name, listener) => {
      const entry: [Name, Listener] = [name, listener];
      listeners.push(entry);
      if (name === "ready" && placed) listener();
      return () => void listeners.splice(listeners.indexOf(entry) >>> 0, 1);
    },
  };
  dispatchEvent(new Event("prek"));
  if (document.body) begin();
  else document.addEventListener("DOMContentLoaded", begin);
}

// A module has no current script.
const script = document.currentScript ?? document.querySelector('script[src*="prek.js"]');
if (script instanceof HTMLScriptElement && !window.prek) start(script);

export {};
