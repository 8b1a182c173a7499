/** The host page around the frame: messages with exact origin both ways. */

/** From the loader: the window was opened (with focus or not) or closed. */
export type FromHost =
  | { readonly prek: "open"; readonly focus: boolean }
  | { readonly prek: "closed" }
  | { readonly prek: "notify"; readonly state: NotifyState }
  | { readonly prek: "lang"; readonly lang: string };
/** The browser's notifications on this page: `granted` is on, `none` cannot be had. */
export type NotifyState = "none" | "default" | "granted" | "denied";
/** To the loader. */
export type ToHost =
  | { readonly prek: "ready" }
  | { readonly prek: "close" }
  | { readonly prek: "unread"; readonly count: number }
  | { readonly prek: "live"; readonly live: boolean }
  /** Only the page itself may ask the browser. */
  | { readonly prek: "ask_notify" }
  | { readonly prek: "notify_off" };

export interface Host {
  readonly embedded: boolean;
  tell(message: ToHost): void;
}

/**
 * The origin is the one the loader gave. A page that lies about it gets no message: the browser
 * delivers only to a parent of that very origin. Who may embed us is for `frame-ancestors` to say.
 */
export function listen(origin: string | null, onMessage: (message: FromHost) => void): Host {
  const embedded = window.parent !== window && origin !== null;
  if (embedded) {
    addEventListener("message", ({ source, origin: from, data }) => {
      if (source !== window.parent || from !== origin) return;
      if (typeof data === "object" && data !== null && "prek" in data) onMessage(data as FromHost);
    });
  }
  return {
    embedded,
    tell: (message) => {
      if (embedded) window.parent.postMessage(message, origin);
    },
  };
}
