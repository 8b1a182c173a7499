"""Security headers: what a page of ours may load, and who may frame it."""

from collections.abc import Mapping

_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def headers(policy: Mapping[str, str] | None = None, **more: str) -> dict[str, str]:
    """Return the headers of a response.

    Args:
        policy: directives of the Content-Security-Policy; what is not named is forbidden.
        more: further headers, with `_` for `-`.
    """
    csp = {
        "default-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
        **(policy or {}),
    }
    return {
        **_ALWAYS,
        "Content-Security-Policy": "; ".join(f"{name} {sources}" for name, sources in csp.items()),
        **{name.replace("_", "-"): value for name, value in more.items()},
    }
