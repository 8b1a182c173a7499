/** Says aloud what happens elsewhere than on the conversation in view: offers, and new messages. */
import { useEffect, useRef, useState } from "preact/hooks";
import { offersToMe, ownConversations } from "../board";
import { chime } from "../sound";
import { unread } from "../threads";
import { useShown } from "./context";

export function Announcer() {
  return (
    <div class="visually-hidden">
      <p role="alert">{useOffer()}</p>
      <p role="status">{useMessage()}</p>
    </div>
  );
}

/** A new offer, once: the seconds that pass are not read out. */
function useOffer(): string {
  const { state, preferences, t, title, now } = useShown();
  const [said, say] = useState("");
  const first = offersToMe(state.board)[0];
  const id = first?.offer?.id ?? null;
  useEffect(() => {
    if (first?.offer == null) return say("");
    const left = Math.round((Date.parse(first.offer.deadline) - now) / 1_000);
    say(t("offer_announce", { title: title(first), n: left }));
    if (preferences.sound) chime();
    return notify(t("offer_title"), id ?? "");
  }, [id]);
  return said;
}

/** A notice from the system, without a word of the citizen's, when the desk is out of sight. */
function notify(title: string, tag: string): undefined | (() => void) {
  if (!("Notification" in window) || Notification.permission !== "granted" || !document.hidden) {
    return undefined;
  }
  const notice = new Notification(title, { tag });
  notice.onclick = () => {
    window.focus();
    notice.close();
  };
  return () => notice.close();
}

/** A new message in a conversation that is not in view; that one's own log reads itself. */
function useMessage(): string {
  const { state, t, title } = useShown();
  const [said, say] = useState("");
  const before = useRef<Readonly<Record<string, number>>>({});
  const own = ownConversations(state.board);
  const counts = Object.fromEntries(
    own.map(({ conversation: id }) => [id, unread(state.threads[id])]),
  );
  const grown = own.find(
    ({ conversation: id }) =>
      id !== state.selected && (counts[id] ?? 0) > (before.current[id] ?? counts[id] ?? 0),
  );
  useEffect(() => {
    before.current = counts;
    if (grown !== undefined) {
      const n = counts[grown.conversation] ?? 0;
      say(t("message_announce", { title: title(grown), n }));
    }
  });
  return said;
}
