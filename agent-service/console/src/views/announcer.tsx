/** Says aloud what happens elsewhere than on the conversation in view: offers, and new messages. */
import { useEffect, useRef, useState } from "preact/hooks";
import { freshNews, mayNotify, type News, offersCalled } from "../attention";
import { alarms, ownConversations } from "../board";
import { owedByMe, owedByOthers } from "../nudges";
import { chime } from "../sound";
import { unread } from "../threads";
import { allWhispers } from "../whispers";
import { useShown } from "./context";

export function Announcer() {
  return (
    <div class="visually-hidden">
      <p role="alert">{useOffer()}</p>
      <p role="alert">{useWhisper()}</p>
      <p role="alert">{useAlarm()}</p>
      <p role="alert">{useOwed()}</p>
      <p role="status">{useMessage()}</p>
    </div>
  );
}

/** Every new offer, once: the seconds that pass are not read out. */
function useOffer(): string {
  const { state, t, title, now } = useShown();
  const offered = offersCalled(state).map((summary) => {
    const left = Math.round((Date.parse(summary.offer.deadline) - now) / 1_000);
    return { id: summary.offer.id, words: t("offer_announce", { title: title(summary), n: left }) };
  });
  return useNews(offered, t("offer_title"));
}

/** A leader's word to this agent about an own conversation. */
function useWhisper(): string {
  const { state, t, title } = useShown();
  const whispered = allWhispers(state).map(({ summary, whisper }) => ({
    id: whisper.id,
    words: t("whisper_announce", { name: whisper.by, title: title(summary), text: whisper.text }),
  }));
  return useNews(whispered, t("whisper"));
}

/** An alarm just raised, with the sound of an offer: somebody must look up now. */
function useAlarm(): string {
  const { state, t, title } = useShown();
  const raised = alarms(state.board).map((summary) => ({
    id: `${summary.conversation}-${summary.alarm}`,
    words: t("alarm_announce", {
      alarm: t(`alarm_${summary.alarm ?? "danger"}`),
      title: title(summary),
    }),
  }));
  return useNews(raised, t("alarm"));
}

/** A citizen who waits for the first reply: said to the owner, and later to the leaders. */
function useOwed(): string {
  const { state, t, title, agent, now } = useShown();
  const mine = owedByMe(state, now).map((summary) => ({
    id: summary.conversation,
    words: t("first_reply_mine", { title: title(summary) }),
  }));
  const others = owedByOthers(state, now).map((summary) => ({
    id: summary.conversation,
    words: t("first_reply_other", { title: title(summary), name: agent(summary.owner ?? "") }),
  }));
  return useNews([...mine, ...others], t("first_reply_title"));
}

/** Says what was not there before, once, with the sound and a notice; silent when all are gone. */
function useNews(items: readonly News[], notice: string): string {
  const { preferences } = useShown();
  const [said, say] = useState("");
  const known = useRef<ReadonlySet<string>>(new Set());
  const shown = useRef<Notification | null>(null);
  const ids = items.map(({ id }) => id).join(" ");
  useEffect(() => {
    const fresh = freshNews(items, known.current);
    known.current = new Set(items.map(({ id }) => id));
    if (items.length === 0) {
      say("");
      shown.current?.close();
    }
    // Of several one may be over: the notice of the others stays.
    if (fresh.length === 0) return;
    say(fresh.map(({ words }) => words).join(" "));
    if (preferences.sound) chime();
    shown.current?.close();
    shown.current = notify(notice, fresh[0]?.id ?? "");
  }, [ids]);
  useEffect(() => () => shown.current?.close(), []);
  return said;
}

/** A notice from the system, without a word of the citizen's, when the desk is out of sight. */
export function notify(title: string, tag: string): Notification | null {
  const permission = "Notification" in window ? Notification.permission : null;
  if (!mayNotify(permission, document.hidden)) return null;
  const notice = new Notification(title, { tag });
  notice.onclick = () => {
    window.focus();
    notice.close();
  };
  return notice;
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
