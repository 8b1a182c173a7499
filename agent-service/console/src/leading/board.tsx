/** The live board of those who lead: the lines, the conversations and the people. */
import { useEffect, useRef, useState } from "preact/hooks";
import { useRepeated } from "./asking";
import { type BoardAnswer, longestWait, overTarget, share, totals } from "./board-model";
import { Conversations } from "./conversations";
import { Lines } from "./lines";
import { age } from "./polling";
import { Seats } from "./seats";
import { useWords } from "./words";

export function Page() {
  const { state, t, now, span, wrong } = useWords();
  const { polled, again } = useRepeated<BoardAnswer>("/api/board");
  const { answer } = polled;
  const old = age(polled, now - state.skew);
  return (
    <div class="board">
      <div class="place-head">
        <h2>{t("place_board")}</h2>
        <p role="status" class="old">
          {old !== null && t("board_old")}
          {answer === null && polled.wrong === null && t("loading")}
        </p>
        {/* Beside the message and not in it: the seconds that pass are not read out. */}
        {old !== null && <p class="hint">{t("board_age", { time: span(old) })}</p>}
      </div>
      <p role="alert" class="error">
        {answer === null && polled.wrong !== null && wrong(polled.wrong)}
      </p>
      {answer !== null && (
        <>
          <Tiles answer={answer} />
          <Lines answer={answer} />
        </>
      )}
      {/* What the desk itself is told needs no answer to be shown. */}
      <Conversations />
      {answer !== null && <Seats seats={answer.agents} again={again} />}
      {answer !== null && <OverTarget answer={answer} />}
    </div>
  );
}

/** All lines together, at a glance. */
function Tiles({ answer: { lines, target_s } }: { readonly answer: BoardAnswer }) {
  const { t, now, span, count, percent } = useWords();
  const all = totals(lines);
  const longest = longestWait(all, now);
  const late = longest !== null && longest > target_s * 1_000;
  return (
    <dl class="tiles">
      <Tile name={t("board_waiting")} value={count(all.waiting)} />
      <Tile
        name={t("board_longest")}
        value={longest === null ? t("figure_none") : span(longest)}
        more={late ? t("over_target") : ""}
        tone={late ? "danger" : ""}
      />
      <Tile
        name={t("board_within", { time: span(target_s * 1_000) })}
        value={percent(share(all.within_target, all.answered))}
        more={t("board_within_of", { n: count(all.within_target), all: count(all.answered) })}
      />
      <Tile name={t("board_active")} value={count(all.active)} />
      <Tile
        name={t("written")}
        value={count(all.written)}
        more={all.overdue > 0 ? t("board_overdue", { n: count(all.overdue) }) : ""}
        tone={all.overdue > 0 ? "danger" : ""}
      />
      <Tile
        name={t("board_alarms")}
        value={count(all.alarms)}
        tone={all.alarms > 0 ? "danger" : ""}
      />
    </dl>
  );
}

interface TileProps {
  readonly name: string;
  readonly value: string;
  readonly more?: string;
  readonly tone?: "danger" | "";
}

export function Tile({ name, value, more = "", tone = "" }: TileProps) {
  return (
    <div class="tile" data-tone={tone}>
      <dt>{name}</dt>
      <dd>
        <strong>{value}</strong>
        {more !== "" && <span>{more}</span>}
      </dd>
    </div>
  );
}

/** Says aloud where the wait has just become longer than it should be; nothing at every refresh. */
function OverTarget({ answer: { lines, target_s } }: { readonly answer: BoardAnswer }) {
  const { t, now, department } = useWords();
  const over = overTarget(lines, target_s, now);
  const before = useRef<readonly string[]>(over);
  const [said, say] = useState("");
  const ids = over.join(" ");
  useEffect(() => {
    const fresh = over.filter((id) => !before.current.includes(id));
    before.current = over;
    if (fresh.length > 0) {
      say(fresh.map((id) => t("board_over_announce", { department: department(id) })).join(" "));
    } else if (over.length === 0) say("");
  }, [ids]);
  return <p role="status" class="visually-hidden">{said}</p>;
}
