/** What a conversation's row says of it: whose turn it is, an alarm, a deadline. */
import type { Summary } from "@prek/wire";
import { isWrapUp, isWritten } from "../board";
import { stageOf } from "../nudges";
import { silence } from "../silence";
import { unansweredSince } from "../threads";
import { whispersTo } from "../whispers";
import { isAnswered } from "../written";
import { AlarmMark } from "./alarm";
import { type Said, type Telling, useShown } from "./context";
import { Due } from "./written";

/** What sets a conversation apart in every list. */
export function Marks({ summary }: { readonly summary: Summary }) {
  return (
    <>
      <AlarmMark summary={summary} />
      <WhisperMark summary={summary} />
      <Due summary={summary} />
    </>
  );
}

/** A leader has whispered, and it is not put away yet. */
function WhisperMark({ summary }: { readonly summary: Summary }) {
  const { state, t } = useShown();
  if (whispersTo(state, summary).length === 0) return null;
  return <span class="turn" data-tone="warning">{t("whisper")}</span>;
}

/** Whose turn it is, in a few words; a colour only underlines what they say. */
export function Turn({ summary }: { readonly summary: Summary }) {
  const shown = useShown();
  const { t } = shown;
  const turn = turnOf(summary, shown);
  return (
    <span class="turns">
      {turn !== null && <span class="turn" data-tone={turn.tone}>{turn.words}</span>}
      <Marks summary={summary} />
      {summary.away_since !== null && !isWritten(summary) && (
        <span class="turn" data-tone="neutral">{t("citizen_away")}</span>
      )}
    </span>
  );
}

/** What of one's own conversation matters most now; null: its deadline says it all. */
export function turnOf(summary: Summary, shown: Telling): Said | null {
  const { state, t, department, clock, span, now } = shown;
  const { wrapup, handover } = summary;
  const timing = state.directory?.timing;
  const thread = state.threads[summary.conversation];
  if (wrapup !== null && isWrapUp(summary, state.board.me)) {
    const left = span(Date.parse(wrapup.until) - now);
    return { tone: "neutral", words: `${t("state_wrapup")} · ${left}` };
  }
  if (handover !== null) {
    const to = department(handover.department);
    return { tone: "info", words: t("state_handover", { department: to }) };
  }
  if (stageOf(summary, state.nudges, timing, now) !== null) {
    return { tone: "danger", words: t("first_reply") };
  }
  if (isWritten(summary) && !isAnswered(thread)) return null;
  const silent = silence(summary, state, now);
  if (silent !== null) {
    const words = t(silent.left > 0 ? "turn_asked" : "turn_silent", { time: clock(silent.since) });
    return { tone: silent.left > 0 ? "info" : "warning", words };
  }
  const since = unansweredSince(thread);
  if (since === null) return { tone: "neutral", words: t("answered") };
  const waited = now - Date.parse(since);
  const late = waited > (timing?.target_s ?? 60) * 1_000;
  return { tone: late ? "danger" : "warning", words: t("awaits_reply", { time: span(waited) }) };
}
