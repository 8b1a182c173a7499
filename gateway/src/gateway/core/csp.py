"""What a page's Content-Security-Policy lets it load: Content Security Policy Level 3, our part.

Pure: texts and addresses in, a verdict out. Only what decides about one script and one frame.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import SplitResult, unquote, urlsplit

Kind = Literal["script", "frame"]

_FALLBACKS: Final[Mapping[Kind, tuple[str, ...]]] = {
    "script": ("script-src-elem", "script-src", "default-src"),
    "frame": ("frame-src", "child-src", "default-src"),
}
"""Directives in the order in which a browser looks for one."""
_IGNORED_IN_META: Final = frozenset({"frame-ancestors", "report-uri", "sandbox"})
_DEFAULT_PORTS: Final = {"http": 80, "https": 443, "ws": 80, "wss": 443}
_UPGRADES: Final = {"http": {"https"}, "ws": {"wss", "http", "https"}, "wss": {"https"}}


@dataclass(frozen=True, slots=True)
class Policy:
    """One policy: directives by name, each with its sources."""

    directives: Mapping[str, tuple[str, ...]]

    def effective(self, kind: Kind) -> tuple[str, tuple[str, ...]] | None:
        """Return the directive that decides about a kind, and its sources. None: none does."""
        names = (name for name in _FALLBACKS[kind] if name in self.directives)
        name = next(names, None)
        return None if name is None else (name, self.directives[name])


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be loaded."""

    kind: Kind
    address: str
    nonce: str = ""
    """That of the script element."""
    in_markup: bool = True
    """False: a script that another script inserts; `strict-dynamic` trusts only those."""


@dataclass(frozen=True, slots=True)
class Blocked:
    """Why it is not loaded."""

    directive: str
    sources: tuple[str, ...]

    @property
    def dynamic(self) -> bool:
        """Whether addresses count for nothing there, so that a nonce is the way."""
        return "'strict-dynamic'" in self.sources


def policies(headers: Iterable[str], metas: Iterable[str] = ()) -> tuple[Policy, ...]:
    """Return the policies of a page; each of them has to be satisfied.

    Args:
        headers: values of Content-Security-Policy headers, each a list of policies.
        metas: contents of the `meta` elements of that name.
    """
    found = [_policy(part) for header in headers for part in header.split(",")]
    for meta in metas:
        kept = _policy(meta).directives.items()
        found.append(Policy({name: s for name, s in kept if name not in _IGNORED_IN_META}))
    return tuple(policy for policy in found if policy.directives)


def blocked(page: str, wanted: Wanted, by: Sequence[Policy]) -> tuple[Blocked, ...]:
    """Return what stands in the way of loading something on a page: nothing, if it may be.

    Args:
        page: address of the page.
        wanted: what is to be loaded.
        by: the page's policies.
    """
    found = []
    for policy in by:
        effective = policy.effective(wanted.kind)
        if effective and not _allows(urlsplit(page), wanted, effective[1]):
            found.append(Blocked(*effective))
    return tuple(found)


def sandboxed(by: Sequence[Policy]) -> bool:
    """Return whether a policy's `sandbox` takes from the page what the chat needs."""
    needed = {"allow-scripts", "allow-same-origin"}
    flags = (policy.directives.get("sandbox") for policy in by)
    return any(given is not None and not needed <= set(given) for given in flags)


def _policy(text: str) -> Policy:
    directives: dict[str, tuple[str, ...]] = {}
    for part in text.split(";"):
        words = part.split()
        if words:
            # What is said twice counts once: the first time.
            directives.setdefault(words[0].lower(), tuple(words[1:]))
    return Policy(directives)


def _allows(page: SplitResult, wanted: Wanted, sources: tuple[str, ...]) -> bool:
    if wanted.kind == "script":
        if wanted.nonce and f"'nonce-{wanted.nonce}'" in sources:
            return True
        if "'strict-dynamic'" in {source.lower() for source in sources}:
            return not wanted.in_markup
    url = urlsplit(wanted.address)
    return any(_matches(source, page, url) for source in sources)


def _matches(source: str, page: SplitResult, url: SplitResult) -> bool:
    if source == "*":
        return url.scheme in _DEFAULT_PORTS or url.scheme == page.scheme
    if source.lower() == "'self'":
        same_host = url.hostname == page.hostname
        return same_host and _scheme_fits(page.scheme, url.scheme) and _port_fits_self(page, url)
    if source.startswith("'"):
        return False
    if source.endswith(":") and "/" not in source:
        return _scheme_fits(source[:-1].lower(), url.scheme)
    return _host_source_matches(source, page, url)


def _host_source_matches(source: str, page: SplitResult, url: SplitResult) -> bool:
    scheme, mark, rest = source.partition("://")
    if not mark:
        scheme, rest = page.scheme, source
    authority, slash, path = rest.partition("/")
    host, colon, port = authority.partition(":")
    return (
        _scheme_fits(scheme.lower(), url.scheme)
        and _host_fits(host.lower(), (url.hostname or "").lower())
        and _port_fits(port if colon else "", url)
        and (not slash or _path_fits("/" + path, url.path))
    )


def _scheme_fits(named: str, actual: str) -> bool:
    return actual == named or actual in _UPGRADES.get(named, ())


def _host_fits(named: str, actual: str) -> bool:
    if named == "*":
        return True
    if named.startswith("*."):
        return actual.endswith(named[1:]) and actual != named[1:]
    return actual == named


def _port(url: SplitResult) -> int | None:
    try:
        return url.port or _DEFAULT_PORTS.get(url.scheme)
    except ValueError:
        return None


def _port_fits(named: str, url: SplitResult) -> bool:
    actual = _port(url)
    if named == "*":
        return True
    if not named:
        return actual == _DEFAULT_PORTS.get(url.scheme)
    return named == str(actual) or (named, actual) == ("80", 443)


def _port_fits_self(page: SplitResult, url: SplitResult) -> bool:
    both_default = _port(page) == _DEFAULT_PORTS.get(page.scheme) and _port(
        url
    ) == _DEFAULT_PORTS.get(url.scheme)
    return _port(page) == _port(url) or both_default


def _path_fits(named: str, actual: str) -> bool:
    named, actual = unquote(named), unquote(actual or "/")
    if named == "/":
        return True
    return actual.startswith(named) if named.endswith("/") else actual == named
