/** "Are you still there?": asked of a silent citizen before anything is closed. */
import type { Summary } from "@prek/wire";
import { isOwned, isWritten } from "../board";
import type { State } from "../model";
import { eventsOf } from "../threads";
import { useShown } from "./context";

/** Whether the owner may ask: in writing nobody sits and waits. */
export function mayNudge(summary: Summary, state: State): boolean {
  return isOwned(summary, state.board.me) && !isWritten(summary) && summary.nudged_at === null;
}

/** Whether the last word is the desk's: then the citizen may only be reading, or be gone. */
export function awaitsCitizen(state: State, conversation: string): boolean {
  const said = eventsOf(state.threads[conversation], "dialogue").filter(
    ({ body }) => body.kind === "message" || body.kind === "attached",
  );
  return said.at(-1)?.author.kind === "agent";
}

export function nudge(summary: Summary) {
  const { conversation, epoch } = summary;
  return { type: "nudge", conversation, epoch } as const;
}

/** How long ago it was asked, in ms, and whether that was long enough. */
export function Nudged({ summary }: { readonly summary: Summary }) {
  const { desk, state, t, span, now, clock } = useShown();
  const { nudged_at, conversation, epoch } = summary;
  if (nudged_at === null || !isOwned(summary, state.board.me)) return null;
  const asked = now - Date.parse(nudged_at);
  const patience = (state.directory?.timing.nudge_s ?? 60) * 1_000;
  const over = asked >= patience;
  return (
    <div class="asked ds-alert" data-color="info">
      <p role="status">
        {over
          ? t("nudge_silent", { time: clock(nudged_at) })
          : t("nudge_asked", { time: span(patience - asked) })}
      </p>
      {over && (
        <button
          type="button"
          class="ds-button"
          onClick={() => desk.act({ type: "close", conversation, epoch })}
        >
          {t("close_yes")}
        </button>
      )}
    </div>
  );
}
