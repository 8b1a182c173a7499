"""Routing plans as data: what an enquiry asks for, and how that is relaxed as it waits."""

from typing import Literal, Self

from pydantic import Field, model_validator

from services.contracts.model import Contract, Id

StepLevel = Literal["asked", "lower", "anyone"]
"""Skills at the levels asked for; the skills at any level; any member of the department."""


class PlanStep(Contract):
    """From `after_s` on: who may be offered it. A later step admits all that an earlier one did."""

    after_s: float = Field(default=0, ge=0)
    """Seconds since the enquiry entered the line."""
    level: StepLevel = "asked"
    language: bool = False
    """Whether the citizen's language must be spoken; else it is only preferred."""
    departments: tuple[Id, ...] = ()
    """Departments whose members may take it besides the enquiry's own: overflow."""
    offer_written: bool = False
    """Whether the citizen is offered a written answer from here on."""


class RoutingPlan(Contract):
    """How enquiries of some topics are routed. Its version is the directory's."""

    id: Id
    topics: tuple[Id, ...] = ()
    """Empty: all that no other plan names."""
    direct: bool | None = None
    """Straight to the topic's department, or the first line first. None: as the topic says."""
    skills: dict[str, int] = Field(default_factory=dict)
    """Skill id to level 1-5, besides the topic's own."""
    priority: int = Field(default=5, ge=1, le=9)
    """Band: 1 first, 9 last."""
    target_s: float | None = Field(default=None, gt=0)
    """Service target. None: the tenant's."""
    steps: tuple[PlanStep, ...] = Field(min_length=1)
    route_by_suggestion: float | None = Field(default=None, gt=0, le=1)
    """Score from which a suggested topic routes an enquiry without one. None: never."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        """The first step is there from the start; each one after it admits more, later."""
        times = [step.after_s for step in self.steps]
        if times[0] != 0 or times != sorted(set(times)):
            raise ValueError("plan_steps_out_of_order")
        order = ("asked", "lower", "anyone")
        for before, after in zip(self.steps, self.steps[1:], strict=False):
            narrower = order.index(after.level) < order.index(before.level)
            stricter = after.language and not before.language
            fewer = not set(before.departments) <= set(after.departments)
            if narrower or stricter or fewer or (before.offer_written and not after.offer_written):
                raise ValueError("plan_step_narrows")
        return self
