"""`python -m agent_service`: run one replica; `migrate` and `seed --users-out FILE` prepare it.

`targets --targets-in FILE` says whom alerts go to: see `agent_service.targets`.
`identities --identities-in FILE` says who is who at a provider: see `agent_service.identities`.
"""

import argparse
import asyncio
from pathlib import Path

from agent_service.app import build
from agent_service.identities import read_identities, replace_identities
from agent_service.migrate import migrate
from agent_service.seed import seed
from agent_service.settings import Settings
from agent_service.targets import read_targets, replace_targets
from services import lifecycle

_VERBS = ("serve", "migrate", "seed", "targets", "identities")


def main() -> None:
    """Carry out the verb."""
    parser = argparse.ArgumentParser(prog="agent_service", description=__doc__)
    parser.add_argument("verb", nargs="?", default="serve", choices=_VERBS)
    parser.add_argument("--users-out", type=Path, default=Path("users.json"))
    parser.add_argument("--targets-in", type=Path, default=Path("targets.json"))
    parser.add_argument("--identities-in", type=Path, default=Path("identities.json"))
    asked = parser.parse_args()
    if asked.verb == "migrate":
        migrate()
    elif asked.verb == "seed":
        asyncio.run(seed(Settings(), asked.users_out))
    elif asked.verb == "targets":
        asyncio.run(replace_targets(Settings(), read_targets(asked.targets_in)))
    elif asked.verb == "identities":
        asyncio.run(replace_identities(Settings(), read_identities(asked.identities_in)))
    else:
        lifecycle.run("agent", Settings(), build)


if __name__ == "__main__":
    main()
