"""`python -m agent_service`: run one replica; `migrate` and `seed --users-out FILE` prepare it."""

import argparse
import asyncio
from pathlib import Path

from agent_service.app import build
from agent_service.migrate import migrate
from agent_service.seed import seed
from agent_service.settings import Settings
from services import lifecycle


def main() -> None:
    """Carry out the verb."""
    parser = argparse.ArgumentParser(prog="agent_service", description=__doc__)
    parser.add_argument("verb", nargs="?", default="serve", choices=("serve", "migrate", "seed"))
    parser.add_argument("--users-out", type=Path, default=Path("users.json"))
    asked = parser.parse_args()
    if asked.verb == "migrate":
        migrate()
    elif asked.verb == "seed":
        asyncio.run(seed(Settings(), asked.users_out))
    else:
        lifecycle.run("agent", Settings(), build)


if __name__ == "__main__":
    main()
