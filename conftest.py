"""Loads the services before any test, so that a room's folder cannot pass for its package.

A test file in `gateway/tests` is named `gateway.tests…`, and without this `gateway` would then be
the folder.

And says which inputs properties are held against: the same ones each time, so that what was green
stays green until somebody changes it; with `PREK_EXAMPLES`, so many others (`make properties`).
"""

import importlib
import os
from importlib.util import find_spec

from hypothesis import settings

# How long an example takes says how busy the machine is, and no more.
settings.register_profile("same", deadline=None, derandomize=True)
settings.register_profile(
    "others", deadline=None, max_examples=int(os.environ.get("PREK_EXAMPLES") or 100)
)
settings.load_profile("others" if "PREK_EXAMPLES" in os.environ else "same")

for _name in ("services", "gateway", "router", "agent_service", "transcript_service", "native"):
    if (_spec := find_spec(_name)) is not None and _spec.origin is not None:
        importlib.import_module(_name)
