/** Puts the municipality's colour on the window. */
import { useLayoutEffect } from "preact/hooks";
import { wear } from "./theme";

let sheet: CSSStyleSheet | undefined;

export function useTheme(colour: string | null): void {
  useLayoutEffect(() => {
    if (sheet === undefined) {
      if (colour === null) return;
      sheet = new CSSStyleSheet();
      document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    }
    wear(colour, sheet);
  }, [colour]);
}
