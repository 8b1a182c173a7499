/** On a narrow screen one column is shown at a time: these choose which. */
import { ownConversations } from "../board";
import type { Pane } from "../model";
import { unread } from "../threads";
import { useShown } from "./context";

export function Panes() {
  const { desk, state, t } = useShown();
  const count = ownConversations(state.board).reduce(
    (sum, { conversation }) => sum + unread(state.threads[conversation]),
    0,
  );
  const names: Readonly<Record<Pane, string>> = {
    list: t("pane_list"),
    dialogue: t("dialogue"),
    details: t("details"),
  };
  return (
    <nav class="panes" aria-label={t("panes")}>
      {(Object.keys(names) as Pane[]).map((pane) => (
        <button
          key={pane}
          type="button"
          data-pane={pane}
          aria-current={state.pane === pane}
          onClick={() => desk.dispatch({ type: "pane", pane })}
        >
          {names[pane]}
          {pane === "list" && count > 0 && <span class="unread">{count}</span>}
        </button>
      ))}
    </nav>
  );
}
