"""What can be seen of a screen's accessibility by a machine, in one state of it.

Each look returns what is wrong, in words that name the element; nothing is wrong when it is empty.
"""

from collections.abc import Mapping
from typing import Any, Final, cast

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Frame, Page

AXE: Final = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
PHONE: Final = {"width": 320, "height": 568}
LOW: Final = {"width": 568, "height": 320}
"""A small phone on its side."""
DESKTOP: Final = {"width": 1366, "height": 900}

_SEEN = """
const name = (e) => `${e.tagName.toLowerCase()}.${e.className} "${(e.getAttribute('aria-label')
  ?? e.textContent ?? '').trim().slice(0, 40)}"`;
const seen = (e) => e.checkVisibility({visibilityProperty: true, opacityProperty: true})
  && e.getClientRects().length > 0 && !e.closest('.ds-sr-only');
const controls = () => [...document.querySelectorAll(
  'a[href], button, input, select, textarea, summary, [tabindex="0"]')].filter(seen)
  .filter((e) => !e.disabled)
  // What lies behind an open dialog is not there for anybody.
  .filter((e) => { const open = document.querySelector('dialog:modal');
    return open === null || open.contains(e); });
"""

_TOO_WIDE = """() => {
  const e = document.documentElement;
  const wider = e.scrollWidth - e.clientWidth;
  return wider > 0 ? [`${wider} px wider than the window`] : [];
}"""

_CUT = (
    "() => {"
    + _SEEN
    + """
  return [...document.querySelectorAll('body *')].filter(seen).filter((e) => {
    const style = getComputedStyle(e);
    const hides = (way) => way === 'hidden' || way === 'clip';
    if (!e.textContent.trim() || e.closest('svg')) return false;
    // Hidden from eyes alone, as a name that only is read.
    if (e.clientWidth <= 1 || e.clientHeight <= 1) return false;
    return (hides(style.overflowX) && e.scrollWidth > e.clientWidth + 1)
      || (hides(style.overflowY) && e.scrollHeight > e.clientHeight + 1);
  }).map((e) => `cut: ${name(e)}`);
}"""
)

_SMALL = (
    "() => {"
    + _SEEN
    + """
  return controls().filter((e) => {
    const box = e.getBoundingClientRect();
    // A link within a line of text may be as high as the line.
    if (e.matches('a') && getComputedStyle(e).display === 'inline') return false;
    // What is drawn small is pressed by its label.
    const label = e.labels?.[0]?.getBoundingClientRect();
    const large = (b) => b && b.width >= 23.5 && b.height >= 23.5;
    return !large(box) && !large(label);
  }).map((e) => `small: ${name(e)}`);
}"""
)

_MISNAMED = (
    "() => {"
    + _SEEN
    + """
  // Commas and signs are not spoken, and nobody says a cross.
  const plain = (text) => text.toLowerCase().replace(/[^\\p{L}\\p{N}]+/gu, ' ').trim();
  return controls().filter((e) => e.matches('a, button, summary, [role=button]')).filter((e) => {
    const label = e.getAttribute('aria-label');
    const shown = plain(e.matches('select, input, textarea') ? '' : e.innerText ?? '');
    return label !== null && shown !== '' && !plain(label).includes(shown);
  }).map((e) => `shown "${e.innerText}" but named "${e.getAttribute('aria-label')}"`);
}"""
)

_LOST_FOCUS = (
    "() => {"
    + _SEEN
    + """
  const before = document.activeElement;
  const wrong = controls().flatMap((e) => {
    e.blur();
    const rest = getComputedStyle(e);
    const plain = [rest.outlineStyle, rest.outlineWidth, rest.boxShadow, rest.borderColor].join();
    e.focus({focusVisible: true});
    if (document.activeElement !== e) return [`cannot be focused: ${name(e)}`];
    e.scrollIntoView({block: 'nearest'});
    const style = getComputedStyle(e);
    const now = [style.outlineStyle, style.outlineWidth, style.boxShadow, style.borderColor].join();
    const faults = now === plain ? [`focus not seen: ${name(e)}`] : [];
    const box = e.getClientRects()[0];
    const x = Math.min(Math.max(box.left + box.width / 2, 0), innerWidth - 1);
    const y = Math.min(Math.max(box.top + Math.min(box.height / 2, 40), 0), innerHeight - 1);
    const top = document.elementFromPoint(x, y);
    if (top && top !== e && !e.contains(top) && !top.contains(e) && top.control !== e)
      faults.push(`covered by ${name(top)}: ${name(e)}`);
    return faults;
  });
  before?.focus?.();
  return wrong;
}"""
)

_MOVING = (
    "() => {"
    + _SEEN
    + """
  return document.getAnimations().filter((a) => a.playState === 'running')
    .map((a) => `moves: ${name(a.effect.target)}`);
}"""
)

_SPACED = """(on) => {
  const rules = '* { line-height: 1.5 !important; letter-spacing: 0.12em !important;'
    + ' word-spacing: 0.16em !important } p { margin-bottom: 2em !important }';
  const kept = document.adoptedStyleSheets.filter((sheet) => sheet !== window.spacing);
  window.spacing = new CSSStyleSheet();
  window.spacing.replaceSync(on ? rules : '');
  document.adoptedStyleSheets = [...kept, window.spacing];
}"""

_COME = """async () => {
  // What goes round and round is never there.
  const finite = (each) => each.effect?.getComputedTiming().endTime !== Infinity;
  const coming = document.getAnimations().filter(finite);
  await Promise.all(coming.map((each) => each.finished.catch(() => null)));
}"""
"""A window that is fading in is not yet as it will be read."""

_TEXT_SIZE = "(size) => { document.documentElement.style.fontSize = size; }"


async def axe(page: Page, frame: Frame) -> list[str]:
    """Look with axe in light, in dark and in forced colours."""
    found = []
    # A target that is just passing below the top line is not a small one.
    was = await frame.evaluate("() => { const was = scrollY; scrollTo(0, 0); return was; }")
    for scheme, forced in (("light", "none"), ("dark", "none"), ("light", "active")):
        await page.emulate_media(
            color_scheme=cast("Any", scheme), forced_colors=cast("Any", forced)
        )
        await frame.evaluate(_COME)
        answer = await Axe().run(cast("Any", frame), options=AXE)
        found += [
            f"{scheme}, forced {forced}: {each['id']} {[node['target'] for node in each['nodes']]}"
            for each in answer.response["violations"]
        ]
    await page.emulate_media(color_scheme="light", forced_colors="none")
    await frame.evaluate("(was) => scrollTo(0, was)", was)
    return found


async def fit(page: Page, frame: Frame, size: Mapping[str, int]) -> list[str]:
    """Look whether everything has room in a window of a size, its texts whole."""
    before = page.viewport_size
    await page.set_viewport_size(cast("Any", size))
    found = [*await frame.evaluate(_TOO_WIDE), *await frame.evaluate(_CUT)]
    await page.set_viewport_size(cast("Any", before))
    return [f"{size['width']}x{size['height']}: {each}" for each in found]


async def enlarged(frame: Frame) -> list[str]:
    """Look whether everything has room when the text is twice as large."""
    await frame.evaluate(_TEXT_SIZE, "200%")
    found = [*await frame.evaluate(_TOO_WIDE), *await frame.evaluate(_CUT)]
    await frame.evaluate(_TEXT_SIZE, "")
    return [f"200 %: {each}" for each in found]


async def spaced(frame: Frame) -> list[str]:
    """Look whether texts are whole under the spacing of WCAG 1.4.12."""
    await frame.evaluate(_SPACED, arg=True)
    found = [*await frame.evaluate(_TOO_WIDE), *await frame.evaluate(_CUT)]
    await frame.evaluate(_SPACED, arg=False)
    return [f"spaced: {each}" for each in found]


async def controls(frame: Frame) -> list[str]:
    """Look at the size, the names and the focus of whatever can be used."""
    return [
        *await frame.evaluate(_SMALL),
        *await frame.evaluate(_MISNAMED),
        *await frame.evaluate(_LOST_FOCUS),
    ]


async def still(page: Page, frame: Frame) -> list[str]:
    """Look whether anything moves for who has asked for less motion."""
    await page.emulate_media(reduced_motion="reduce")
    found = await frame.evaluate(_MOVING)
    await page.emulate_media(reduced_motion="no-preference")
    return cast("list[str]", found)
