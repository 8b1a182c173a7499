import type { Summary } from "@prek/wire";
import { useState } from "preact/hooks";
import { isOwned, isWrapUp } from "../board";
import { EMPTY_DRAFT } from "../model";
import { eventsOf } from "../threads";
import { isKey } from "../texts";
import { useShown } from "./context";
import { EventRow } from "./events";

export function Details() {
  const { state, t } = useShown();
  const summary = state.selected === null ? undefined : state.board.known[state.selected]?.summary;
  return (
    <aside class="details" aria-label={t("details")}>
      {summary !== undefined && (
        <>
          <About summary={summary} />
          <Actions key={summary.conversation} summary={summary} />
          <Notes summary={summary} />
        </>
      )}
    </aside>
  );
}

function About({ summary }: { readonly summary: Summary }) {
  const { t, topic, department, agent, span, now } = useShown();
  const language = `lang_${summary.language}`;
  return (
    <section>
      <h2>{t("about")}</h2>
      <dl>
        <dt>{t("topic")}</dt><dd>{topic(summary.topic)}</dd>
        <dt>{t("department")}</dt><dd>{department(summary.department)}</dd>
        <dt>{t("enquiry_language")}</dt><dd>{isKey(language) ? t(language) : summary.language}</dd>
        <dt>{t("owner")}</dt><dd>{summary.owner === null ? t("nobody") : agent(summary.owner)}</dd>
        <dt>{t("opened_at")}</dt><dd>{span(now - Date.parse(summary.opened_at))}</dd>
      </dl>
    </section>
  );
}

function Actions({ summary }: { readonly summary: Summary }) {
  const { desk, state, t, department, span, now } = useShown();
  const [handing, setHanding] = useState(false);
  const [closing, setClosing] = useState(false);
  const { conversation, epoch, handover, wrapup } = summary;
  const { me, leader } = state.board;
  if (wrapup !== null && isWrapUp(summary, me)) {
    return (
      <section>
        <h2>{t("wrapup")}</h2>
        <p>{t("wrapup_text")} {t("wrapup_left", { time: span(Date.parse(wrapup.until) - now) })}</p>
        <button type="button" class="ds-button" onClick={() => desk.act({ type: "wrapup_done", conversation })}>
          {t("wrapup_done")}
        </button>
      </section>
    );
  }
  if (!isOwned(summary, me)) {
    if (!leader || summary.state !== "active") return null;
    return (
      <section>
        <button type="button" class="ds-button" data-variant="secondary" onClick={() => desk.act({ type: "take_over", conversation, epoch })}>
          {t("take_over")}
        </button>
      </section>
    );
  }
  return (
    <section class="actions">
      <h2>{t("actions")}</h2>
      {handover !== null ? (
        <p>
          {t("handover_pending", { department: department(handover.department) })}{" "}
          <button
            type="button"
            class="ds-button"
            data-variant="secondary"
            onClick={() => desk.act({ type: "cancel_handover", conversation, handover: handover.id })}
          >
            {t("handover_cancel")}
          </button>
        </p>
      ) : handing ? (
        <Handover summary={summary} done={() => setHanding(false)} />
      ) : (
        <button type="button" class="ds-button" data-variant="secondary" onClick={() => setHanding(true)}>
          {t("handover")} …
        </button>
      )}
      <button type="button" class="ds-button" data-variant="tertiary" onClick={() => desk.act({ type: "requeue", conversation, epoch })}>
        {t("requeue")}
      </button>
      {closing ? (
        <p>
          {t("close_confirm")}{" "}
          <button type="button" class="ds-button" data-color="danger" onClick={() => desk.act({ type: "close", conversation, epoch })}>
            {t("close_yes")}
          </button>{" "}
          <button type="button" class="ds-button" data-variant="tertiary" onClick={() => setClosing(false)}>{t("cancel")}</button>
        </p>
      ) : (
        <button type="button" class="ds-button" data-variant="secondary" data-color="danger" onClick={() => setClosing(true)}>
          {t("close")} …
        </button>
      )}
    </section>
  );
}

function Handover({ summary, done }: { readonly summary: Summary; readonly done: () => void }) {
  const { desk, state, t, department } = useShown();
  const [to, setTo] = useState("");
  const [missing, setMissing] = useState(false);
  const colleagues = (state.directory?.agents ?? []).filter(
    ({ id, departments }) => id !== state.board.me && departments.includes(to),
  );
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (to === "") return setMissing(true);
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const agent = String(form.get("agent") ?? "") || null;
    const note = String(form.get("note") ?? "").trim() || null;
    const { conversation, epoch } = summary;
    desk.act({ type: "handover", conversation, epoch, department: to, agent, note });
    done();
    return undefined;
  };
  return (
    <form class="handover" onSubmit={submit} noValidate>
      <label class="ds-label" for="to">{t("handover_to")}</label>
      <select class="ds-input" id="to" value={to} onChange={(event) => setTo(event.currentTarget.value)}>
        <option value="">{t("handover_choose")}</option>
        {state.directory?.departments.map(({ id, confidential }) => (
          <option key={id} value={id}>{department(id)}{confidential && ` (${t("confidential")})`}</option>
        ))}
      </select>
      <label class="ds-label" for="colleague">{t("handover_agent")}</label>
      <select class="ds-input" id="colleague" name="agent">
        <option value="">{t("handover_anyone")}</option>
        {colleagues.map(({ id, name }) => <option key={id} value={id}>{name}</option>)}
      </select>
      <label class="ds-label" for="handover-note">{t("handover_note")}</label>
      <textarea class="ds-input" id="handover-note" name="note" rows={2} />
      <div role="alert">{missing && <p>{t("handover_missing")}</p>}</div>
      <div class="buttons">
        <button class="ds-button" type="submit">{t("handover_send")}</button>
        <button class="ds-button" type="button" data-variant="tertiary" onClick={done}>{t("cancel")}</button>
      </div>
    </form>
  );
}

function Notes({ summary }: { readonly summary: Summary }) {
  const { desk, state, t } = useShown();
  const id = summary.conversation;
  const events = eventsOf(state.threads[id], "desk");
  const text = (state.drafts[id] ?? EMPTY_DRAFT).note;
  return (
    <section>
      <h2>{t("notes")}</h2>
      <p class="empty">{t("notes_hint")}</p>
      <ol class="notes">{events.map((event) => <EventRow key={event.id} event={event} />)}</ol>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (text.trim() === "") return;
          desk.act({ type: "note", conversation: id, text });
          desk.dispatch({ type: "draft", conversation: id, draft: { note: "" } });
        }}
      >
        <label class="ds-label" for="note">{t("note")}</label>
        <textarea
          class="ds-input"
          id="note"
          rows={2}
          value={text}
          onInput={(event) =>
            desk.dispatch({ type: "draft", conversation: id, draft: { note: event.currentTarget.value } })
          }
        />
        <button class="ds-button" data-variant="secondary" type="submit">{t("note_add")}</button>
      </form>
    </section>
  );
}
