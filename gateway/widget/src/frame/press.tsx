/** A small button with words, and where the focus goes when the field comes back. */
import type { ComponentChildren } from "preact";

interface PressProps {
  readonly text: string;
  readonly variant?: "primary" | "secondary" | "tertiary";
  readonly color?: "danger";
  /** It does nothing now, but keeps the focus. */
  readonly idle?: boolean;
  readonly onPress: () => void;
  readonly children?: ComponentChildren;
}

export function Press(props: PressProps) {
  const { text, variant = "secondary", color, idle = false, onPress, children } = props;
  return (
    <button
      type="button"
      class="ds-button"
      data-variant={variant}
      data-color={color}
      data-size="sm"
      aria-disabled={idle}
      onClick={() => !idle && onPress()}
    >
      {children}
      {text}
    </button>
  );
}

/** The field comes with the next drawing. */
export function toField(): void {
  requestAnimationFrame(() => document.querySelector<HTMLElement>("textarea")?.focus());
}
