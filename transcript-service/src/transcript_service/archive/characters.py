"""Characters that XML cannot hold, made visible. The JSON original keeps them as they are."""

import re
from typing import Final

_FORBIDDEN: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Everything that is not a `Char` of XML 1.0 (section 2.2)."""


def xml_text(text: str) -> str:
    r"""Return a text that XML can hold: `\x07` becomes `[U+0007]`, as in the PDF."""
    return _FORBIDDEN.sub(lambda found: f"[U+{ord(found[0]):04X}]", text)


def is_xml_text(text: str) -> bool:
    """Return whether XML can hold a text as it is."""
    return _FORBIDDEN.search(text) is None
