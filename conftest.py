"""Loads the services before any test, so that a room's folder cannot pass for its package.

A test file in `gateway/tests` is named `gateway.tests…`, and without this `gateway` would then be
the folder.
"""

import importlib
from importlib.util import find_spec

for _name in ("services", "gateway", "router", "agent_service", "transcript_service", "native"):
    if (_spec := find_spec(_name)) is not None and _spec.origin is not None:
        importlib.import_module(_name)
