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
  nb: ["Prek med oss", "ny melding", "nye meldinger"],
  nn: ["Prek med oss", "ny melding", "nye meldingar"],
  en: ["Chat with us", "new message", "new messages"],
} as const;

type Language = keyof typeof WORDS;

/** Screens that the window fills. */
const SMALL = "(max-width:480px),(max-height:480px)";

const STYLE = `
:host{all:initial}
*{box-sizing:border-box}
.b,.p{position:fixed;z-index:2147483000;right:max(16px,env(safe-area-inset-right));bottom:max(16px,env(safe-area-inset-bottom))}
.b{display:flex;align-items:center;gap:10px;min-height:56px;padding:8px 22px 8px 18px;border:2px solid transparent;border-radius:28px;font:600 max(17px,1rem)/1.2 Inter,system-ui,"Segoe UI",Roboto,sans-serif;color:#fff;background:var(--prek-color,#0062ba);box-shadow:0 4px 16px rgb(0 0 0/.3);cursor:pointer;transition:transform .15s}
.b:hover{background:var(--prek-color-hover,#004e95);transform:translateY(-2px)}
.b:focus-visible{outline:3px solid #fff;outline-offset:-5px;box-shadow:0 0 0 3px #1e2b3c}
svg{width:26px;height:26px;flex:none;fill:none;stroke:currentColor;stroke-width:1.8;stroke-linejoin:round}
.n{min-width:24px;padding:2px 7px;border-radius:12px;font-size:15px;text-align:center;color:#1e2b3c;background:#fff}
[hidden]{display:none!important}
.p{width:min(420px,calc(100vw - 32px));height:min(680px,calc(100vh - 32px));height:min(680px,calc(100dvh - 32px));overflow:hidden;border:1px solid rgb(0 0 0/.25);border-radius:14px;background:Canvas;box-shadow:0 12px 40px rgb(0 0 0/.35)}
iframe{display:block;width:100%;height:100%;border:0;color-scheme:light dark}
.s{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
@media${SMALL}{.p{inset:0;top:var(--top,0);width:100%;height:var(--height,100%);border:0;border-radius:0}}
@media(forced-colors:active){.b,.p{border:2px solid ButtonText}}
@media(prefers-reduced-motion:reduce){.b{transition:none}.b:hover{transform:none}}
@media print{.b,.p{display:none}}`;

const ICON =
  "M4 5h11a2 2 0 0 1 2 2v6a2 2 0 0 1-2 2H9l-4 3v-3H4a2 2 0 0 1-2-2V7a2 2 0 0 1 2-2zM19 9h1a2 2 0 0 1 2 2v6a2 2 0 0 1-2 2h-1v2.5l-3.5-2.5H12";

function make<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Record<string, string>,
): HTMLElementTagNameMap[K] {
  const element = document.createElement(name);
  for (const key in attributes) element.setAttribute(key, attributes[key] ?? "");
  return element;
}

function icon(): SVGElement {
  const name = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(name, "svg");
  const path = document.createElementNS(name, "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", ICON);
  svg.append(path);
  return svg;
}

function dress(root: ShadowRoot): void {
  try {
    // A sheet made by script is not what a page's style-src forbids.
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
  } catch {
    root.append(Object.assign(make("style", {}), { textContent: STYLE }));
  }
}

function draw(title: string, lang: string) {
  const host = make("div", { lang, role: "region", "aria-label": title });
  const root = host.attachShadow({ mode: "open" });
  const button = make("button", { class: "b", type: "button", "aria-haspopup": "dialog" });
  const badge = make("span", { class: "n" });
  const panel = make("div", {
    class: "p",
    role: "dialog",
    "aria-modal": "false",
    "aria-label": title,
  });
  // What changes in a button is not read aloud: what is new is said beside it.
  const spoken = make("span", { class: "s", role: "status" });
  badge.hidden = panel.hidden = true;
  button.append(icon(), title, badge);
  dress(root);
  root.append(button, panel, spoken);
  return { host, button, badge, panel, spoken };
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
  seen?.addEventListener("resize", fit);
  seen?.addEventListener("scroll", fit);
  fit();
}

/** What the page before this one left: the chat was open, or goes on behind its button. */
function keeper(key: string) {
  const attempt = (use: (box: Storage) => string | null | void) => {
    try {
      return use(sessionStorage) ?? "";
    } catch {
      // A page without storage: the chat is simply not reopened on the next one.
      return "";
    }
  };
  return {
    read: () => attempt((box) => box.getItem(key)),
    write: (state: string) =>
      attempt((box) => (state ? box.setItem(key, state) : box.removeItem(key))),
  };
}

class Chat {
  private readonly drawn;
  private readonly kept;
  private readonly listeners: [Name, Listener][] = [];
  private frame: HTMLIFrameElement | undefined;
  private ready = false;
  private open = false;
  private live = false;
  private wantsFocus = false;
  private opener: HTMLElement;

  constructor(
    private readonly origin: string,
    private readonly tenant: string,
    private readonly language: Language,
    private readonly title: string,
  ) {
    this.drawn = draw(title, language);
    this.kept = keeper("prek." + tenant);
    this.opener = this.drawn.button;
  }

  /** Stand on the page. A citizen who went on to it has the dialogue with them, without focus. */
  place(): void {
    document.body.append(this.drawn.host);
    const state = this.kept.read();
    if (state === "open") this.show(true, false);
    else if (state === "live") this.load();
  }

  listen(): void {
    keepInView(this.drawn.panel);
    this.drawn.button.addEventListener("click", () => this.openFrom(this.drawn.button));
    this.drawn.panel.addEventListener("keydown", ({ key }) => {
      if (key === "Escape") this.show(false, true);
    });
    document.addEventListener("focusin", ({ target }) => {
      // The window covers the page: whoever goes on to the page with the keyboard is to see it.
      if (this.open && target !== this.drawn.host && matchMedia(SMALL).matches)
        this.show(false, false);
    });
    document.addEventListener("click", (event) => {
      const target = event.target instanceof Element ? event.target : null;
      const asked = target?.closest<HTMLElement>("[data-prek-open]");
      if (!asked) return;
      event.preventDefault();
      this.openFrom(asked);
    });
    addEventListener("message", ({ source, origin, data }) => {
      if (this.frame && source === this.frame.contentWindow && origin === this.origin && data)
        this.hear(data);
    });
  }

  api(): Prek {
    return {
      open: () => this.openFrom(document.activeElement as HTMLElement | null),
      close: () => this.show(false, true),
      on: (name, listener) => {
        const entry: [Name, Listener] = [name, listener];
        this.listeners.push(entry);
        return () => void this.listeners.splice(this.listeners.indexOf(entry) >>> 0, 1);
      },
    };
  }

  private hear(data: { prek?: unknown; count?: unknown; live?: unknown }): void {
    if (data.prek === "ready") {
      this.ready = true;
      this.say();
    } else if (data.prek === "close") this.show(false, true);
    else if (data.prek === "unread") this.setUnread(Number(data.count) || 0);
    else if (data.prek === "live") {
      this.live = !!data.live;
      this.remember();
    }
  }

  /** Asked for again while it is open: the citizen is led into it. */
  private openFrom(element: HTMLElement | null): void {
    if (element && element !== document.body && element !== this.drawn.host) this.opener = element;
    if (this.open) {
      this.wantsFocus = true;
      this.say();
    } else this.show(true, true);
  }

  private show(visible: boolean, focus: boolean): void {
    if (this.open === visible) return;
    const { button, panel, badge } = this.drawn;
    this.open = visible;
    this.wantsFocus = visible && focus;
    if (visible) this.load();
    panel.hidden = !visible;
    button.hidden = visible;
    if (visible && !badge.hidden) this.setUnread(0);
    this.say();
    if (!visible && focus) {
      (this.opener.isConnected ? this.opener : button).focus();
      this.opener = button;
    }
    this.remember();
    this.tell(visible ? "open" : "close");
  }

  private load(): void {
    if (this.frame) return;
    const { tenant, language: lang, origin, title } = this;
    const query = new URLSearchParams({ tenant, lang, host: location.origin });
    this.frame = make("iframe", {
      title,
      src: `${origin}/widget/frame.html?${query}`,
      sandbox:
        "allow-scripts allow-same-origin allow-forms allow-popups allow-downloads allow-modals",
      allow: "clipboard-write",
    });
    this.drawn.panel.append(this.frame);
  }

  /** Tell the frame whether it is seen, once it listens. */
  private say(): void {
    if (!this.ready) return;
    const { open, wantsFocus: focus } = this;
    if (open && focus) this.frame?.focus();
    const message = open ? { prek: "open", focus } : { prek: "closed" };
    this.frame?.contentWindow?.postMessage(message, this.origin);
    this.wantsFocus = false;
  }

  private setUnread(count: number): void {
    const { badge, button, spoken } = this.drawn;
    const news = `${count} ${WORDS[this.language][count === 1 ? 1 : 2]}`;
    badge.hidden = !count;
    badge.textContent = String(count);
    button.setAttribute("aria-label", count ? `${this.title} (${news})` : this.title);
    spoken.textContent = count ? news : "";
    this.tell("unread", count);
  }

  private remember(): void {
    this.kept.write(this.open ? "open" : this.live ? "live" : "");
  }

  private tell(name: Name, count?: number): void {
    for (const [wanted, listener] of this.listeners) if (wanted === name) listener(count);
  }
}

function start(script: HTMLScriptElement): void {
  const { tenant = "", lang, title } = script.dataset;
  const tag = lang || document.documentElement.lang;
  const language = (/^(nn|en)\b/i.exec(tag)?.[0].toLowerCase() ?? "nb") as Language;
  const { origin } = new URL(script.src);
  const chat = new Chat(origin, tenant, language, title ?? WORDS[language][0]);
  chat.listen();
  window.prek = chat.api();
  if (document.body) chat.place();
  else addEventListener("DOMContentLoaded", () => chat.place());
}

const script = document.currentScript;
if (script instanceof HTMLScriptElement && !window.prek) start(script);

export {};
