"""Why the chat is, or is not, on a page: findings from what was seen of it. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal
from urllib.parse import parse_qs, urljoin, urlsplit

from gateway.core.csp import Blocked, Policy, Wanted, blocked, policies, sandboxed
from gateway.core.markup import NAME, Markup, Script

Level = Literal["error", "warning", "note", "ok"]

LEVELS: Final[Mapping[str, Level]] = {
    "tenant_unknown": "error",
    "tenant_known": "ok",
    "address_invalid": "error",
    "origin_missing": "error",
    "origin_allowed": "ok",
    "page_unreachable": "error",
    "page_inside": "error",
    "page_slow": "error",
    "page_status": "error",
    "page_elsewhere": "error",
    "page_packed": "error",
    "page_no_html": "error",
    "page_busy": "error",
    "page_cut": "note",
    "line_missing": "error",
    "line_in_comment": "error",
    "line_within": "error",
    "line_held_back": "error",
    "line_elsewhere": "error",
    "line_insecure": "error",
    "line_integrity": "error",
    "line_twice": "warning",
    "line_waits": "warning",
    "line_found": "ok",
    "tenant_missing": "error",
    "tenant_other": "error",
    "language_unknown": "warning",
    "colour_invalid": "warning",
    "button_absent": "warning",
    "policy_script": "error",
    "policy_nonce": "error",
    "policy_frame": "error",
    "policy_sandbox": "error",
    "policy_ok": "ok",
    "policy_none": "ok",
    "embedder_fine": "note",
    "framing_fine": "note",
}
"""Every finding, and how much it matters. Their words are in `check/texts.json`."""

_PATH: Final = f"/{NAME}"
_JAVASCRIPT: Final = frozenset({"", "module", "text/javascript", "application/javascript"})
_COLOUR: Final = re.compile("#[0-9a-fA-F]{6}")
_LANGUAGES: Final = frozenset({"nb", "nn", "en", "no", "se"})


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was seen, with what its words need."""

    code: str
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def level(self) -> Level:
        """Return how much it matters."""
        return LEVELS[self.code]


@dataclass(frozen=True, slots=True)
class Seen:
    """A page as it was answered and read."""

    address: str
    headers: Sequence[tuple[str, str]]
    """Names in small letters."""
    markup: Markup
    cut: bool = False
    """It was longer than what is read."""

    def header(self, name: str) -> tuple[str, ...]:
        """Return the values of a header, one for each time it was sent."""
        return tuple(value for each, value in self.headers if each == name)


def line_for(origin: str, tenant: str) -> str:
    """Return the line that belongs on a page."""
    return f'<script async src="{origin}{_PATH}" data-tenant="{tenant}"></script>'


def judge(seen: Seen, *, origin: str, tenant: str) -> list[Finding]:
    """Return the findings about a page that was read.

    Args:
        seen: the page.
        origin: ours, where the loader and the frame are.
        tenant: whose page it is said to be.
    """
    by = policies(seen.header("content-security-policy"), seen.markup.policies)
    running = [script for script in seen.markup.scripts if not script.within]
    script = running[0] if running else None
    found = [Finding("page_cut")] if seen.cut else []
    found += _of_lines(seen, running, origin, tenant)
    found += _of_policies(seen, script, by, origin)
    if seen.header("cross-origin-embedder-policy"):
        found.append(Finding("embedder_fine"))
    if seen.header("x-frame-options") or any("frame-ancestors" in p.directives for p in by):
        found.append(Finding("framing_fine"))
    return found


def _of_lines(seen: Seen, running: Sequence[Script], origin: str, tenant: str) -> Iterable[Finding]:
    if not running:
        yield _absence(seen.markup, line_for(origin, tenant))
        return
    faults = list(_of_line(seen, running[0], origin, tenant))
    if all(fault.level != "error" for fault in faults):
        yield Finding("line_found")
    yield from faults
    if len(running) > 1:
        yield Finding("line_twice", {"count": str(len(running))})


def _absence(markup: Markup, line: str) -> Finding:
    if markup.scripts:
        return Finding("line_within", {"element": markup.scripts[0].within})
    return Finding("line_in_comment" if markup.in_comment else "line_missing", {"line": line})


def _of_line(seen: Seen, script: Script, origin: str, tenant: str) -> Iterable[Finding]:
    given = script.attributes
    kind = given.get("type", "").strip().lower()
    if kind not in _JAVASCRIPT or NAME not in given.get("src", ""):
        yield Finding("line_held_back", {"type": kind})
    if "integrity" in given:
        yield Finding("line_integrity")
    if "async" not in given and "defer" not in given and kind != "module":
        yield Finding("line_waits")
    yield from _of_address(seen, given.get("src", ""), origin)
    yield from _of_settings(seen, given, tenant)


def _of_address(seen: Seen, src: str, origin: str) -> Iterable[Finding]:
    if NAME not in src:
        return
    url = _address(seen, src)
    if url == origin + _PATH:
        return
    if url == origin.replace("https://", "http://", 1) + _PATH:
        yield Finding("line_insecure", {"address": origin + _PATH})
    else:
        yield Finding("line_elsewhere", {"found": url[:300], "address": origin + _PATH})


def _address(seen: Seen, src: str) -> str:
    """Return the loader's address as a browser makes it out, without what comes after the path."""
    try:
        base = urljoin(seen.address, seen.markup.base)
        parts = urlsplit(urljoin(base, src.strip()))
    except ValueError:
        return src
    return f"{parts.scheme}://{parts.netloc}{parts.path}"


def _of_settings(seen: Seen, given: Mapping[str, str], tenant: str) -> Iterable[Finding]:
    named = _setting(given, "tenant")
    if not named:
        yield Finding("tenant_missing", {"tenant": tenant})
    elif named != tenant:
        yield Finding("tenant_other", {"found": named[:100], "tenant": tenant})
    language = _setting(given, "lang")
    if language and language.lower().replace("_", "-").split("-")[0] not in _LANGUAGES:
        yield Finding("language_unknown", {"found": language[:40]})
    colour = _setting(given, "colour")
    if colour and not _COLOUR.fullmatch(colour):
        yield Finding("colour_invalid", {"found": colour[:40]})
    if _setting(given, "button") == "none" and not seen.markup.openers:
        yield Finding("button_absent")


def _setting(given: Mapping[str, str], name: str) -> str:
    """Return a setting of the line: an attribute's, else its address's, as the loader reads it."""
    _, _, query = given.get("src", "").partition("?")
    in_address = parse_qs(query.partition("#")[0]).get(name, [""])
    return given.get(f"data-{name}", in_address[0])


def _of_policies(
    seen: Seen, script: Script | None, by: Sequence[Policy], origin: str
) -> Iterable[Finding]:
    if not by:
        yield Finding("policy_none")
        return
    loader = Wanted(
        "script",
        origin + _PATH,
        nonce=script.attributes.get("nonce", "") if script else "",
        in_markup=script is not None,
    )
    frame = Wanted("frame", f"{origin}/widget/frame.html")
    # The same advice once, however many policies ask for it.
    faults = dict.fromkeys(
        [
            *(_of_script(each, script) for each in blocked(seen.address, loader, by)),
            *(("policy_frame", each.directive) for each in blocked(seen.address, frame, by)),
        ]
    )
    for code, directive in faults:
        yield Finding(code, {"directive": _asked_for(code, directive), "origin": origin})
    if sandboxed(by):
        yield Finding("policy_sandbox")
    elif not faults:
        yield Finding("policy_ok")


def _of_script(each: Blocked, script: Script | None) -> tuple[str, str]:
    return ("policy_nonce" if each.dynamic and script else "policy_script", each.directive)


def _asked_for(code: str, directive: str) -> str:
    """Return the directive to change: where the general one decides, a special one is better."""
    if directive != "default-src":
        return directive
    return "frame-src" if code == "policy_frame" else "script-src"
