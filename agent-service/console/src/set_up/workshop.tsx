/** The draft and its pages: nobody but the administrator sees what is changed until it goes live. */
import type { ComponentType } from "preact";
import { useEffect, useMemo, useReducer, useRef, useState } from "preact/hooks";
import { placeLink } from "../links";
import { CATALOGUES, fill, type Key, type Language, localized, type Params } from "../texts";
import { useShown } from "../views/context";
import { keep, ownOf } from "./carrying";
import { problemsOf } from "./checking";
import { Conflict } from "./conflict";
import { Contents, isPage, type PageName } from "./contents";
import { type Part, type Property, type SetUp, skillOf } from "./document";
import { type Draft, step, type Step } from "./draft";
import { type Editing, EditingContext, fieldId, type Spot } from "./editing";
import { Exchange } from "./exchange";
import { History } from "./history";
import { type Begun, type Clash, fetchSetUp, meet } from "./in-force";
import { Agents } from "./parts/agents";
import { Archive } from "./parts/archive";
import { Danger } from "./parts/danger";
import { Departments } from "./parts/departments";
import { Files } from "./parts/files";
import { Hours } from "./parts/hours";
import { Plans } from "./parts/plans";
import { Privacy } from "./parts/privacy";
import { Replies } from "./parts/replies";
import { Timing } from "./parts/timing";
import { Topics } from "./parts/topics";
import { Widget } from "./parts/widget";
import { Review } from "./review";

const KEEP_AFTER_MS = 300;
const PAGES: Readonly<Record<Part, ComponentType>> = {
  departments: Departments,
  topics: Topics,
  agents: Agents,
  hours: Hours,
  plans: Plans,
  replies: Replies,
  widget: Widget,
  privacy: Privacy,
  archive: Archive,
  files: Files,
  timing: Timing,
  danger: Danger,
};
interface WorkshopProps {
  readonly begun: Begun;
  /** Under which name the draft is kept over a reload. */
  readonly kept: string;
}

export function Workshop({ begun, kept }: WorkshopProps) {
  const { part, state, language, agent } = useShown();
  const [draft, dispatch] = useReducer(step, begun.draft);
  const [clash, setClash] = useState<Clash | null>(begun.clash);
  const [strict, setStrict] = useState(false);
  const [opened, setOpened] = useState<Editing["opened"]>({});
  const [failed, setFailed] = useState<Key | null>(null);
  const [spot, setSpot] = useState<Spot | null>(null);
  // What is awaited must not forget what was written meanwhile.
  const latest = useRef(draft);
  latest.current = draft;
  useKept(kept, draft, clash !== null);

  const catchUp = async () => {
    const current = await fetchSetUp();
    if (typeof current === "string") return setFailed(current);
    setFailed(null);
    const { base, now } = latest.current;
    if (current.version === base.version) return;
    const met = await meet(latest.current, ownOf(base, now), base.version, current);
    if (met.clash !== null) setClash(met.clash);
    else settle({ base: met.draft.base, next: met.draft.now });
  };
  const inForce = state.directory?.version ?? 0;
  const behind = inForce > draft.base.version;
  useEffect(() => {
    if (behind && clash === null) void catchUp();
  }, [inForce, behind]);

  const settle = ({ base, next }: Settled) => {
    dispatch({ type: "rebase", base, next });
    setClash(null);
  };
  const editing = useMemo(
    (): Editing => ({
      ...wordsOf(draft, language),
      ...changesBy(dispatch, draft),
      problems: problemsOf(draft.now),
      strict,
      beStrict: () => setStrict(true),
      opened,
      open: (on, entry) => {
        const { [on]: _, ...others } = opened;
        setOpened(entry === null ? others : { ...others, [on]: entry });
      },
      goTo: (to) => {
        if (to.entry !== "") setOpened({ ...opened, [to.part]: to.entry });
        setSpot(to);
        location.hash = placeLink("set_up", to.part);
      },
    }),
    [draft, language, strict, opened],
  );
  const page = isPage(part) ? part : "departments";
  useFocus(spot?.part === page ? spot : null, () => setSpot(null));
  // The clock of the desk draws every second; what is below has nothing to do with it.
  return useMemo(
    () => (
      <EditingContext.Provider value={editing}>
        {failed !== null && (
          <p class="ds-alert" data-color="danger" role="alert">
            {editing.t(failed)}
          </p>
        )}
        {clash !== null ? (
          <Conflict
            {...clash}
            names={agent}
            carryOver={(next) => settle({ base: clash.current, next })}
            giveUp={() => settle({ base: clash.current, next: clash.current })}
          />
        ) : (
          <div class="set-up-columns">
            <Contents page={page} />
            <section class="set-up-page" aria-labelledby="su-page">
              <h3 id="su-page" tabIndex={-1}>
                {editing.t(`su_part_${page}`)}
              </h3>
              <Content {...{ page, catchUp }} names={agent} />
            </section>
          </div>
        )}
      </EditingContext.Provider>
    ),
    [editing, clash, failed, page, state.directory],
  );
}

interface Settled {
  readonly base: SetUp;
  readonly next: SetUp;
}

interface ContentProps {
  readonly page: PageName;
  readonly catchUp: () => Promise<void>;
  readonly names: (agent: string) => string;
}

function Content({ page, catchUp, names }: ContentProps) {
  if (page === "review") return <Review saved={catchUp} outdated={() => void catchUp()} />;
  if (page === "exchange") return <Exchange />;
  if (page === "history") return <History names={names} undone={catchUp} />;
  const Part = PAGES[page];
  return <Part />;
}

/** How the draft is changed. */
function changesBy(dispatch: (action: Step) => void, draft: Draft) {
  const edit = (next: SetUp, at = "") => dispatch({ type: "edit", at, next });
  return {
    draft,
    now: draft.now,
    edit,
    put: <P extends Property>(property: P, value: SetUp[P], at = "") =>
      edit({ ...draft.now, [property]: value }, at),
    undo: () => dispatch({ type: "undo" }),
    redo: () => dispatch({ type: "redo" }),
    discard: () => dispatch({ type: "discard" }),
  };
}

/** The words for what the draft holds: the desk knows only what is in force. */
function wordsOf({ now, base }: Draft, language: Language) {
  const t = (key: Key, params: Params = {}) => fill(CATALOGUES[language][key], params);
  const named = (
    list: readonly { readonly id: string; readonly name: Record<string, string> }[],
    id: string,
  ) => {
    const name = list.find((one) => one.id === id)?.name;
    return name === undefined ? undefined : localized(name, language) || id;
  };
  const departmentName = (id: string) =>
    named(now.departments, id) ?? named(base.departments, id) ?? id;
  const topicName = (id: string) => named(now.topics, id) ?? named(base.topics, id) ?? id;
  const skillName = (skill: string) =>
    skill.startsWith(skillOf("")) ? topicName(skill.slice(skillOf("").length)) : skill;
  return { t, language, departmentName, topicName, skillName };
}

/** Keep the draft in the tab; not while it is asked what becomes of the one that is kept. */
function useKept(name: string, draft: Draft, paused: boolean): void {
  useEffect(() => {
    if (paused) return;
    const write = () => {
      const text = keep(draft.base, draft.now);
      if (text === null) sessionStorage.removeItem(name);
      else sessionStorage.setItem(name, text);
    };
    const timer = window.setTimeout(write, KEEP_AFTER_MS);
    addEventListener("pagehide", write);
    return () => {
      window.clearTimeout(timer);
      removeEventListener("pagehide", write);
    };
  }, [name, draft, paused]);
}

/** Put the focus in a field once it is on screen, or at its page where there is no such field. */
function useFocus(spot: Spot | null, done: () => void): void {
  useEffect(() => {
    if (spot === null) return;
    const field = document.getElementById(fieldId(spot)) ?? document.getElementById("su-page");
    field?.closest("details")?.setAttribute("open", "");
    field?.focus();
    done();
  });
}
