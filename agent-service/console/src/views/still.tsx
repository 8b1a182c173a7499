/** Parts of the screen that are drawn again only when what they are drawn of differs. */
import { Component, type ComponentChildren } from "preact";
import type { State } from "../model";
import type { Language } from "../texts";
import { Context, type Shown } from "./context";

interface StillProps {
  /** Everything that what stands here is drawn of; compared one by one, by sameness. */
  readonly of: readonly unknown[];
  /** What its children are told when they are drawn. */
  readonly shown: Shown;
  readonly children: ComponentChildren;
}

/**
 * Keeps its children as they are while `of` is the same, and so costs nothing but the comparing.
 *
 * They may ask for everything that is shown, as anywhere. What they are told is what was true when
 * they were drawn last: what they do at a click, they must do to what is true by then.
 */
export class Still extends Component<StillProps> {
  override shouldComponentUpdate({ of }: StillProps): boolean {
    return differ(this.props.of, of);
  }

  render() {
    const { shown, children } = this.props;
    // A context of its own: the one round it draws all of them anew whenever it changes.
    return <Context.Provider value={shown}>{children}</Context.Provider>;
  }
}

/** Whether two rows of values differ in any place. */
export function differ(one: readonly unknown[], other: readonly unknown[]): boolean {
  return one.length !== other.length || one.some((value, at) => !Object.is(value, other[at]));
}

/** What every row is drawn of besides its own conversation: the set-up, who looks, the language. */
export function groundOf({ directory, board }: State, language: Language): readonly unknown[] {
  return [directory, board.me, board.led, language];
}

/** What a row is drawn of that says something of one conversation, but for the time. */
export function rowOf(state: State, conversation: string): readonly unknown[] {
  return [
    state.board.known[conversation]?.summary,
    state.threads[conversation],
    state.nudges[conversation],
    state.selected === conversation,
  ];
}
