"""The linter, run all day: on every new set-up, and once a minute on who is at the desk."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime

import structlog
from services.contracts import TenantDirectory
from services.hours import hours_of, state

from router import metrics
from router.core.lint import Finding, lint, lint_attendance

log = structlog.get_logger()

LOOK_AGAIN_S = 60.0
"""Between two looks at who is there, in seconds."""


class Findings:
    """What is wrong with one tenant's set-up now."""

    def __init__(self, tenant: str) -> None:
        """Have found nothing."""
        self._tenant = tenant
        self._of_setup: tuple[Finding, ...] = ()
        self._of_day: tuple[Finding, ...] = ()
        self._logged: set[Finding] = set()
        self._kinds: set[str] = set()
        self._looked_at: float | None = None

    def take(self, directory: TenantDirectory) -> None:
        """Look at a new version of the set-up."""
        self._of_setup = lint(directory)
        self._looked_at = None
        self._tell()

    def look(
        self, directory: TenantDirectory, present: Collection[str], now: datetime, at: float
    ) -> None:
        """Look at who is there, if it is time to. `at` is the monotonic clock."""
        if self._looked_at is not None and at - self._looked_at < LOOK_AGAIN_S:
            return
        self._looked_at = at
        open_now = {
            one.id for one in directory.departments if state(hours_of(directory, one.id), now).open
        }
        self._of_day = lint_attendance(directory, present, open_now)
        self._tell()

    def _tell(self) -> None:
        found = {*self._of_setup, *self._of_day}
        for one in (*self._of_setup, *self._of_day):
            if one not in self._logged:
                log.warning("plan_finding", tenant=self._tenant, **one.told())
        # What is mended and comes back is news again.
        self._logged = found
        kinds = Counter(one.kind for one in found)
        for kind in self._kinds - kinds.keys():
            metrics.PLAN_FINDINGS.labels(self._tenant, kind).set(0)
        for kind, count in kinds.items():
            metrics.PLAN_FINDINGS.labels(self._tenant, kind).set(count)
        self._kinds |= kinds.keys()
