/**
 * The one line on the host page. Draws the button; the frame comes with the first click. Depends
 * on nothing and keeps to itself: shadow DOM, one global, no style or markup of the page touched.
 */

type Name = "open" | "close" | "unread";
type Listener = (count?: number) => void;

interface Prek {
  open(): void;
  close(): void;
  /** Listen; call what is returned to stop. */
  on(name: Name, listener: Listener): () => void;
}

declare global {
  interface Window {
    prek?: Prek;
  }
}

const WORDS = {
  nb: ["Prek med oss", "nye meldinger"],
  nn: ["Prek med oss", "nye meldingar"],
  en: ["Chat with us", "new messages"],
} as const;

const STYLE = `
:host{all:initial}
*{box-sizing:border-box}
.b,.p{position:fixed;z-index:2147483000;right:max(16px,env(safe-area-inset-right));bottom:max(16px,env(safe-area-inset-bottom))}
.b{display:flex;align-items:center;gap:10px;min-height:56px;padding:8px 22px 8px 18px;border:2px solid transparent;border-radius:28px;font:600 max(17px,1rem)/1.2 Inter,system-ui,"Segoe UI",Roboto,sans-serif;color:#fff;background:var(--prek-color,#0062ba);box-shadow:0 4px 16px rgb(0 0 0/.3);cursor:pointer;transition:transform .15s}
.b:hover{background:var(--prek-color-hover,#004e95);transform:translateY(-2px)}
.b:focus-visible{outline:3px solid #fff;outline-offset:-5px;box-shadow:0 0 0 3px #1e2b3c}
svg{width:26px;height:26px;flex:none}
.n{min-width:24px;padding:2px 7px;border-radius:12px;font-size:15px;text-align:center;color:#1e2b3c;background:#fff}
[hidden]{display:none!important}
.p{width:min(420px,calc(100vw - 32px));height:min(680px,calc(100vh - 32px));height:min(680px,calc(100dvh - 32px));overflow:hidden;border:1px solid rgb(0 0 0/.25);border-radius:14px;background:Canvas;box-shadow:0 12px 40px rgb(0 0 0/.35)}
iframe{display:block;width:100%;height:100%;border:0;color-scheme:light dark}
@media(max-width:480px),(max-height:480px){.p{inset:0;width:100%;height:100%;border:0;border-radius:0}}
@media(forced-colors:active){.b,.p{border:2px solid ButtonText}}
@media(prefers-reduced-motion:reduce){.b{transition:none}.b:hover{transform:none}}
@media print{.b,.p{display:none}}`;

const ICON =
  "M4 5h11a2 2 0 0 1 2 2v6a2 2 0 0 1-2 2H9l-4 3v-3H4a2 2 0 0 1-2-2V7a2 2 0 0 1 2-2zM19 9h1a2 2 0 0 1 2 2v6a2 2 0 0 1-2 2h-1v2.5l-3.5-2.5H12";

function start(script: HTMLScriptElement): void {
  const origin = new URL(script.src).origin;
  const tenant = script.dataset["tenant"] ?? "";
  const tag = script.dataset["lang"] || document.documentElement.lang || "nb";
  const language = /^(nn|en)\b/i.exec(tag)?.[0].toLowerCase() ?? "nb";
  const [ownTitle, news] = WORDS[language as keyof typeof WORDS];
  const title = script.dataset["title"] ?? ownTitle;
  /** Whether the chat was open, or goes on, on the page before this one. */
  const kept = `prek.${tenant}`;

  const listeners: [Name, Listener][] = [];
  const tell = (name: Name, count?: number) => {
    for (const [wanted, listener] of listeners) if (wanted === name) listener(count);
  };

  const make = <K extends keyof HTMLElementTagNameMap>(
    name: K,
    attributes: Record<string, string>,
  ): HTMLElementTagNameMap[K] => {
    const element = document.createElement(name);
    for (const key in attributes) element.setAttribute(key, attributes[key] ?? "");
    return element;
  };

  const host = make("div", { lang: language, role: "region", "aria-label": title });
  const root = host.attachShadow({ mode: "open" });
  try {
    // A sheet made by script is not what a page's style-src forbids.
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
  } catch {
    root.append(Object.assign(make("style", {}), { textContent: STYLE }));
  }

  const button = make("button", { class: "b", type: "button", "aria-haspopup": "dialog" });
  const badge = make("span", { class: "n" });
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  for (const [key, value] of [
    ["viewBox", "0 0 24 24"],
    ["fill", "none"],
    ["stroke", "currentColor"],
    ["stroke-width", "1.8"],
    ["stroke-linejoin", "round"],
    ["aria-hidden", "true"],
  ] as const)
    svg.setAttribute(key, value);
  path.setAttribute("d", ICON);
  svg.append(path);
  const label = make("span", {});
  label.textContent = title;
  badge.hidden = true;
  button.append(svg, label, badge);
  const panel = make("div", { class: "p", role: "dialog", "aria-modal": "false", "aria-label": title });
  panel.hidden = true;
  root.append(button, panel);

  let frame: HTMLIFrameElement | undefined;
  let ready = false;
  let open = false;
  let live = false;
  let wantsFocus = false;
  let opener: HTMLElement = button;

  const remember = () => {
    try {
      const state = open ? "open" : live ? "live" : "";
      if (state) sessionStorage.setItem(kept, state);
      else sessionStorage.removeItem(kept);
    } catch {
      // A page without storage: the chat is simply not reopened on the next one.
    }
  };
  const say = () => {
    if (!ready) return;
    if (open && wantsFocus) frame?.focus();
    const message = open ? { prek: "open", focus: wantsFocus } : { prek: "closed" };
    frame?.contentWindow?.postMessage(message, origin);
    wantsFocus = false;
  };
  const load = () => {
    if (frame) return;
    const query = new URLSearchParams({ tenant, lang: language, host: location.origin });
    frame = make("iframe", {
      title,
      src: `${origin}/widget/frame.html?${query}`,
      sandbox:
        "allow-scripts allow-same-origin allow-forms allow-popups allow-downloads allow-modals",
      referrerpolicy: "origin",
    });
    panel.append(frame);
  };
  const setUnread = (count: number) => {
    badge.hidden = count === 0;
    badge.textContent = String(count);
    if (count) button.setAttribute("aria-label", `${title} (${count} ${news})`);
    else button.removeAttribute("aria-label");
    tell("unread", count);
  };
  const show = (visible: boolean, focus: boolean) => {
    if (open === visible) return;
    open = visible;
    wantsFocus = visible && focus;
    if (visible) load();
    panel.hidden = !visible;
    button.hidden = visible;
    if (visible && badge.textContent) setUnread(0);
    say();
    if (!visible && focus) (opener.isConnected ? opener : button).focus();
    remember();
    tell(visible ? "open" : "close");
  };
  const openFrom = (element: HTMLElement) => {
    opener = element;
    show(true, true);
  };

  button.addEventListener("click", () => openFrom(button));
  panel.addEventListener("keydown", (event) => {
    if (event.key === "Escape") show(false, true);
  });
  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    const asked = target?.closest<HTMLElement>("[data-prek-open]");
    if (!asked) return;
    event.preventDefault();
    openFrom(asked);
  });
  addEventListener("message", ({ source, origin: from, data }) => {
    if (!frame || source !== frame.contentWindow || from !== origin || !data) return;
    if (data.prek === "ready") {
      ready = true;
      say();
    } else if (data.prek === "close") show(false, true);
    else if (data.prek === "unread") setUnread(Number(data.count) || 0);
    else if (data.prek === "live") {
      live = Boolean(data.live);
      remember();
    }
  });

  window.prek = {
    open: () => openFrom((document.activeElement as HTMLElement | null) ?? button),
    close: () => show(false, true),
    on: (name, listener) => {
      const entry: [Name, Listener] = [name, listener];
      listeners.push(entry);
      return () => void listeners.splice(listeners.indexOf(entry) >>> 0, 1);
    },
  };

  const place = () => {
    document.body.append(host);
    try {
      const state = sessionStorage.getItem(kept);
      // The citizen went on to another page: the dialogue goes with them, but takes no focus.
      if (state === "open") show(true, false);
      else if (state === "live") load();
    } catch {
      // As above.
    }
  };
  if (document.body) place();
  else addEventListener("DOMContentLoaded", place);
}

const script = document.currentScript;
if (script instanceof HTMLScriptElement && !window.prek) start(script);

export {};
