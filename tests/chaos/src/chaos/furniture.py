"""Starts every replica through our links and our launcher instead of straight."""

import dataclasses
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from native import wiring
from native.furniture import MODULE, Furniture, Options
from native.infrastructure import Infrastructure
from native.layout import write_atomically
from native.part import Recipe
from native.passwords import PRIVATE
from native.ports import KEEPER, REPLICATED
from native.rabbitmq import topology_definitions

from chaos import board
from chaos.launcher import PATCHES
from chaos.links import Links


class BrokenFurniture(Furniture):
    """The launcher's furniture, with each service's parts at the far end of a link."""

    def __init__(
        self,
        infrastructure: Infrastructure,
        options: Options,
        *,
        links: Links,
        patches: Sequence[str],
        switches: Path,
    ) -> None:
        """Write every service's secrets a second time, with the links' addresses.

        Args:
            infrastructure: what the services stand on.
            options: as for the launcher.
            links: open links.
            patches: names of patches every replica is started with (`chaos.launcher`).
            switches: folder of the `Board`.
        """
        super().__init__(infrastructure, options)
        self._patches = ",".join(patches)
        self._switches = switches
        self._secrets = infrastructure.layout.secrets
        for service in REPLICATED:
            folder = self._secrets / f"{service}-linked"
            folder.mkdir(exist_ok=True)
            folder.chmod(0o700)
            parts = links.parts(service)
            for name, value in wiring.settings(service, parts, infrastructure.passwords).items():
                write_atomically(folder / name.lower(), value, mode=PRIVATE)

    def replica(self, service: str, replica: int) -> Recipe:
        """Return how a replica is started. The keeper, for whom nobody waits, is left as it is."""
        recipe = super().replica(service, replica)
        if service == KEEPER:
            return recipe
        more = {
            "PREK_SECRETS_DIR": str(self._secrets / f"{service}-linked"),
            PATCHES: self._patches,
            board.ENVIRONMENT: str(self._switches),
        }
        return dataclasses.replace(
            recipe,
            argv=[sys.executable, "-m", "chaos.launcher", MODULE[service]],
            env={**recipe.env, **more},
        )


def unlimited_definitions(passwords: Path) -> str:
    """Return the topology with the delivery limit that loses messages on 3.10 (mutant M7)."""
    definitions = json.loads(topology_definitions(passwords))
    for queue in definitions["queues"]:
        if "x-delivery-limit" in queue["arguments"]:
            queue["arguments"]["x-delivery-limit"] = -1
    return json.dumps(definitions)
