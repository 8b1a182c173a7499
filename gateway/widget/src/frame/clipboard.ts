/** Putting a text on the clipboard, from within a frame that may not be trusted with it. */

/** Whether the text is there now. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // A page may keep the clipboard from its frames; what is marked can be copied all the same.
    return copyMarked(text);
  }
}

function copyMarked(text: string): boolean {
  const focused = document.activeElement;
  const carrier = document.createElement("textarea");
  carrier.value = text;
  carrier.className = "ds-sr-only";
  document.body.append(carrier);
  carrier.select();
  try {
    return document.execCommand("copy");
  } catch {
    return false;
  } finally {
    carrier.remove();
    if (focused instanceof HTMLElement) focused.focus();
  }
}
