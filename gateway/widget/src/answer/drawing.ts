/** The parts of the answer's page. Words become text nodes only: nothing of them is ever parsed. */
import { linkify } from "@prek/wire";
import type { Texts } from "../texts/catalogue";
import type { Reading, Row } from "./reading";

export function element(name: string, text: string, className = ""): HTMLElement {
  const made = document.createElement(name);
  made.textContent = text;
  made.className = className;
  return made;
}

export function button(text: string, press: () => void): HTMLElement {
  const made = element("button", text, "ds-button");
  made.setAttribute("type", "button");
  made.setAttribute("data-variant", "secondary");
  made.addEventListener("click", press);
  return made;
}

export function told(text: string, role: "status" | "alert"): HTMLElement {
  const made = element("p", text);
  made.setAttribute("role", role);
  return made;
}

/** The answer first, then what it answers, then all that was said, for whoever wants it. */
export function drawing(reading: Reading, texts: Texts): HTMLElement[] {
  const { municipality, answers, question, dialogue } = reading;
  const from = element("p", "", "from");
  from.append(isolated(municipality));
  if (answers.length === 0) {
    const heading = element("h2", texts.answer_whole);
    return [from, element("p", texts.answer_none), heading, list(dialogue, texts)];
  }
  const parts = [from, list(answers, texts, "answers")];
  if (question.length > 0) parts.push(element("h2", texts.answer_question), list(question, texts));
  return [...parts, whole(dialogue, texts)];
}

function list(rows: readonly Row[], texts: Texts, className = ""): HTMLElement {
  const made = element("ol", "", className);
  // Safari takes a list without numbers for no list, unless it is told.
  made.setAttribute("role", "list");
  made.append(...rows.map((row) => item(row, texts)));
  return made;
}

/** Folded away: the same words stand above. On paper they are wanted all the same. */
function whole(rows: readonly Row[], texts: Texts): HTMLElement {
  const made = document.createElement("details");
  const unfold = () => {
    if (made.childElementCount === 1) made.append(list(rows, texts));
  };
  made.append(element("summary", texts.answer_whole));
  made.addEventListener("toggle", unfold);
  addEventListener("beforeprint", () => {
    unfold();
    made.open = true;
  });
  return made;
}

function item(row: Row, texts: Texts): HTMLElement {
  const made = element("li", "", row.kind);
  const head = element("p", "", "who");
  if (row.kind === "answer") head.append(element("span", texts.answer_mark, "mark"), " ");
  if (row.who !== "") head.append(isolated(row.who, "strong"), " ");
  const time = element("time", row.when);
  time.setAttribute("datetime", row.time);
  head.append(time);
  const words = element("p", "", row.erased ? "words erased" : "words");
  words.append(linked(row.words));
  made.append(head, words);
  if (row.masked) made.append(element("p", texts.masked, "aside"));
  return made;
}

/** Somebody's words or name, kept apart from the direction of what is around them. */
function isolated(text: string, within = ""): HTMLElement {
  const made = element("bdi", text);
  if (within === "") return made;
  const outer = element(within, "");
  outer.append(made);
  return outer;
}

function linked(text: string): HTMLElement {
  const made = element("bdi", "");
  for (const segment of linkify(text)) {
    if (segment.kind === "text") {
      made.append(segment.text);
    } else {
      const link = element("a", segment.text);
      link.setAttribute("href", segment.href);
      link.setAttribute("target", "_blank");
      link.setAttribute("rel", "noopener noreferrer nofollow");
      made.append(link);
    }
  }
  return made;
}
