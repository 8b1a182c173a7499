/** The parts of the answer's page. Words become text nodes only: nothing of them is ever parsed. */
import { linkify } from "@prek/wire";
import type { AnswerTexts } from "../texts/answer";
import { fill, type Texts as FrameTexts } from "../texts/catalogue";
import type { Reading, Row } from "./reading";

export function element(name: string, text: string, className = ""): HTMLElement {
  const made = document.createElement(name);
  made.textContent = text;
  made.className = className;
  return made;
}

export function button(text: string, press: () => void, variant = "secondary"): HTMLElement {
  const made = element("button", text, "ds-button");
  made.setAttribute("type", "button");
  made.setAttribute("data-variant", variant);
  made.addEventListener("click", press);
  return made;
}

export function anchor(text: string, address: string): HTMLElement {
  const made = element("a", text, "ds-button");
  made.setAttribute("href", address);
  made.setAttribute("data-variant", "tertiary");
  return made;
}

export function told(text: string, role: "status" | "alert"): HTMLElement {
  const made = element("p", text);
  made.setAttribute("role", role);
  return made;
}

/** The frame's words and the page's own. */
type Texts = FrameTexts & { readonly page: AnswerTexts };

/** What a row with a file does when it is pressed. */
export type SaveFile = (file: NonNullable<Row["file"]>) => void;

/** The answer first, then what it answers, then all that was said, for whoever wants it. */
export function drawing(reading: Reading, texts: Texts, onSave: SaveFile): HTMLElement[] {
  const { municipality, promised, answers, question, dialogue } = reading;
  const list = (rows: readonly Row[], className = "") => listOf(rows, texts, onSave, className);
  const from = element("p", "", "from");
  from.append(isolated(municipality));
  // What was only talked about was answered, or not, as it went on.
  if (!promised) return [from, list(dialogue)];
  if (answers.length === 0) {
    const heading = element("h2", texts.page.whole);
    return [from, element("p", texts.page.none), heading, list(dialogue)];
  }
  const parts = [from, list(answers, "answers")];
  if (question.length > 0) parts.push(element("h2", texts.page.question), list(question));
  return [...parts, whole(texts, () => list(dialogue))];
}

function listOf(
  rows: readonly Row[],
  texts: Texts,
  onSave: SaveFile,
  className: string,
): HTMLElement {
  const made = element("ol", "", className);
  // Safari takes a list without numbers for no list, unless it is told.
  made.setAttribute("role", "list");
  made.append(...rows.map((row) => item(row, texts, onSave)));
  return made;
}

/** Folded away: the same words stand above. On paper they are wanted all the same. */
function whole(texts: Texts, list: () => HTMLElement): HTMLElement {
  const made = document.createElement("details");
  const unfold = () => {
    if (made.childElementCount === 1) made.append(list());
  };
  made.append(element("summary", texts.page.whole));
  made.addEventListener("toggle", unfold);
  addEventListener("beforeprint", () => {
    unfold();
    made.open = true;
  });
  return made;
}

function item(row: Row, texts: Texts, onSave: SaveFile): HTMLElement {
  const made = element("li", "", row.kind);
  const head = element("p", "", "who");
  if (row.kind === "answer") head.append(element("span", texts.page.mark, "mark"), " ");
  if (row.who !== "") head.append(isolated(row.who, "strong"), " ");
  const time = element("time", row.when);
  time.setAttribute("datetime", row.time);
  head.append(time);
  made.append(head);
  const { file } = row;
  if (file === null) {
    const words = element("p", "", row.erased ? "words erased" : "words");
    words.append(linked(row.words));
    made.append(words);
  } else {
    const save = button("", () => onSave(file));
    save.classList.add("file");
    const name = element("span", "");
    name.append(isolated(fill(texts.file_save, { name: file.name })), ` (${file.about})`);
    save.append(name);
    made.append(save);
  }
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
