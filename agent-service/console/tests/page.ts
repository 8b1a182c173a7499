/** A page without a browser, as much of one as is drawn upon: what stands on it, and what was drawn. */
import { type ComponentChild, h, type FunctionComponent, options, render } from "preact";
import type { Desk } from "../src/desk";
import type { State } from "../src/model";
import { readPreferences } from "../src/preferences";
import { Context, type Shown } from "../src/views/context";

class FakeNode {
  parentNode: FakeElement | null = null;
  readonly ownerDocument = fakeDocument;

  get nextSibling(): FakeNode | null {
    const { childNodes = [] } = this.parentNode ?? {};
    return childNodes[childNodes.indexOf(this) + 1] ?? null;
  }

  remove(): void {
    const { childNodes = [] } = this.parentNode ?? {};
    childNodes.splice(childNodes.indexOf(this), 1);
    this.parentNode = null;
  }
}

class FakeText extends FakeNode {
  readonly nodeType = 3;

  constructor(public data: string) {
    super();
  }

  /** What stands here, for one to be compared with the other. */
  override toString(): string {
    return this.data;
  }
}

class FakeElement extends FakeNode {
  readonly nodeType = 1;
  readonly namespaceURI = "http://www.w3.org/1999/xhtml";
  readonly childNodes: FakeNode[] = [];
  readonly style: Record<string, string> = {};
  readonly scrollHeight = 0;
  private readonly named = new Map<string, string>();

  constructor(readonly localName: string) {
    super();
  }

  get firstChild(): FakeNode | null {
    return this.childNodes[0] ?? null;
  }

  insertBefore(node: FakeNode, before: FakeNode | null): void {
    node.remove();
    this.childNodes.splice(before === null ? this.childNodes.length : this.childNodes.indexOf(before), 0, node);
    node.parentNode = this;
  }

  setAttribute(name: string, value: unknown): void {
    this.named.set(name, String(value));
  }

  removeAttribute(name: string): void {
    this.named.delete(name);
  }

  addEventListener(): void {}
  removeEventListener(): void {}
  focus(): void {}
  scrollTo(): void {}

  override toString(): string {
    const names = [...this.named].sort().map(([name, value]) => ` ${name}="${value}"`);
    return `<${this.localName}${names.join("")}>${this.childNodes.join("")}</${this.localName}>`;
  }
}

const fakeDocument = {
  createElementNS: (_space: string, name: string) => new FakeElement(name),
  createTextNode: (data: string) => new FakeText(data),
};

/** Drawings that the page has put off to its next turn. */
const putOff: (() => void)[] = [];
options.debounceRendering = (draw) => void putOff.push(draw);

/** What the drawings are of, besides the desk's state and the time. */
const AROUND = {
  // Nothing is done in these tests, and only what is done needs the desk.
  desk: { attaching: { nameOf: () => null }, dispatch: () => undefined } as unknown as Desk,
  preferences: readPreferences(null, ["nb"]),
  prefer: () => undefined,
  question: null,
  ask: () => undefined,
  showSheet: () => undefined,
  place: "desk",
  part: "",
  switchEmergency: () => undefined,
} as const;

/** A part of the screen on a page of its own. */
export class Page {
  private readonly root = new FakeElement("main");

  constructor(private readonly view: () => ComponentChild) {}

  /** Draw it as it is of a state at a time (ms), over what stands there already. */
  draw(state: State, now: number): void {
    const shown: Shown = { ...AROUND, state, now };
    const provided = h(Context.Provider, { value: shown, children: this.view() });
    render(provided, this.root as unknown as Element);
    for (let draw = putOff.shift(); draw !== undefined; draw = putOff.shift()) draw();
  }

  toString(): string {
    return this.root.toString();
  }
}

type Hooked = typeof options & { __r?: (vnode: { type: unknown }) => void };

/** How often each component of a name was drawn while something was done. */
export function drawings(during: () => void): Record<string, number> {
  const counts: Record<string, number> = {};
  const hooked = options as Hooked;
  const before = hooked.__r;
  hooked.__r = (vnode) => {
    const { name } = vnode.type as FunctionComponent;
    counts[name] = (counts[name] ?? 0) + 1;
    before?.(vnode);
  };
  try {
    during();
  } finally {
    if (before === undefined) delete hooked.__r;
    else hooked.__r = before;
  }
  return counts;
}
