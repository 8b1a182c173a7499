"""What of a page's HTML decides whether the chat is on it: read by the rules of browsers. Pure.

Slow (a megabyte takes seconds), and of strangers' making: `gateway.reading` runs it in a process of
its own.
"""

from typing import Final
from xml.etree.ElementTree import Element

import tinyhtml5
from pydantic import BaseModel, ConfigDict

_XHTML: Final = "{http://www.w3.org/1999/xhtml}"
NAME: Final = "prek.js"
"""Of our loader, whatever the folder."""
_MOST: Final = 2_000
"""Longest text and longest list that is kept of a page."""


class Script(BaseModel):
    """A script element that names our loader."""

    model_config = ConfigDict(frozen=True)

    attributes: dict[str, str]
    within: str = ""
    """`noscript` or `template`, in which a browser runs nothing."""


class Markup(BaseModel):
    """What was found."""

    model_config = ConfigDict(frozen=True)

    scripts: tuple[Script, ...] = ()
    in_comment: bool = False
    policies: tuple[str, ...] = ()
    """Of `meta` elements."""
    base: str = ""
    """Address that relative ones are relative to, where the page names one."""
    openers: int = 0
    """Elements with `data-prek-open`."""


def read_markup(body: bytes, charset: str | None) -> Markup:
    """Return what a page's HTML says of the chat.

    Args:
        body: the page, perhaps cut off.
        charset: of its Content-Type. None: the page's own word for it.
    """
    # A browser that runs scripts takes what is in a noscript element for mere text.
    root = tinyhtml5.parse(body, transport_encoding=charset, scripting=True, full_tree=True)
    scripts: list[Script] = []
    metas: list[str] = []
    bases: list[str] = []
    comments = openers = 0
    stack: list[tuple[Element, str]] = [(root, "")]
    while stack:
        element, within = stack.pop()
        if not isinstance(element.tag, str):
            comments += NAME in (element.text or "")
            continue
        name = element.tag.removeprefix(_XHTML)
        openers += "data-prek-open" in element.attrib
        if name == "script" and _names_loader(element):
            scripts.append(Script(attributes=_kept(element), within=within))
        elif name == "noscript" and NAME in (element.text or ""):
            scripts.append(Script(attributes={}, within=name))
        elif name == "meta" and _is_policy(element):
            metas.append(element.attrib.get("content", "")[:_MOST])
        elif name == "base" and "href" in element.attrib:
            bases.append(element.attrib["href"][:_MOST])
        inert = "template" if name == "template" else within
        stack += [(child, inert) for child in reversed(element)]
    return Markup(
        scripts=tuple(scripts[:20]),
        in_comment=bool(comments),
        policies=tuple(metas[:20]),
        base=bases[0] if bases else "",
        openers=openers,
    )


def _names_loader(element: Element) -> bool:
    """Consent tools keep an address in an attribute of their own until somebody agrees."""
    return any(NAME in str(value) for value in element.attrib.values())


def _kept(element: Element) -> dict[str, str]:
    """Names of attributes come in several kinds; only plain ones are ours."""
    return {
        str(name)[:100]: str(value)[:_MOST] for name, value in list(element.attrib.items())[:50]
    }


def _is_policy(element: Element) -> bool:
    return element.attrib.get("http-equiv", "").lower() == "content-security-policy"
