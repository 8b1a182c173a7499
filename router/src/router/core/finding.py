"""What is wrong with a set-up, by a stable code and in plain words."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Literal

Severity = Literal["error", "warning"]
"""`error`: the plan may not go live. `warning`: somebody should look at it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One finding. Equal findings are one and the same: log and count each once."""

    kind: str
    """A stable code, one of `WORDS`."""
    severity: Severity
    plan: str = ""
    """Empty for the tenant's default, made of its times."""
    step: int | None = None
    """Index of the plan's step."""
    department: str = ""
    skill: str = ""
    """What nobody has."""
    level: int = 0
    """At which level; 0 where that is no matter."""
    topic: str = ""
    language: str = ""

    @property
    def message(self) -> str:
        """The finding in plain English."""
        plan = f"Plan {self.plan}" if self.plan else "The default plan"
        step = 0 if self.step is None else self.step + 1
        said = {**asdict(self), "plan": plan, "step": step}
        words = WORDS[self.kind]
        asked = f" It asks for {self.skill} at level {self.level}." if self.level else ""
        about = f" (Topic {self.topic}.)" if self.topic and "{topic}" not in words else ""
        return words.format_map(said) + asked + about

    def told(self) -> dict[str, object]:
        """Return it as the wire has it: every field, and the message."""
        return {**asdict(self), "message": self.message}


WORDS: Mapping[str, str] = {
    "step_nobody": "{plan}, step {step}: nobody who answers for {department} can meet it.",
    "step_language": "{plan}, step {step}: nobody who answers for {department} and meets it speaks"
    " {language}.",
    "step_absent": "{plan}, step {step}: everybody who could meet it for {department} is absent.",
    "step_adds_nobody": "{plan}, step {step}: it admits nobody whom the step before did not.",
    "department_empty": "{department} has no members.",
    "department_hours_empty": "{department} has opening hours but no members.",
    "department_never_open": "{department} has opening hours that never open.",
    "department_absent": "{department} is open, and nobody of it is at the desk.",
    "department_unknown": "{department} is named by a topic, a plan, an agent or the emergency"
    " switch, but there is no such department.",
    "direct_empty": "Topic {topic} goes straight to {department}, which has no members.",
    "skill_nobody": "{plan} asks for {skill}, and nobody has it.",
    "overflow_empty": "{plan}, step {step}: it flows over to {department}, which has no members.",
    "overflow_loop": "{plan}, step {step}: it flows over to {department}, where it stands already.",
    "overflow_opens_wall": "{plan}, step {step}: it lets others than the members of {department}"
    " in, which is confidential.",
    "plan_twice": "There is more than one plan called {plan}.",
    "plan_unreachable": "{plan} is for no enquiry at all.",
    "topic_twice": "{plan} names topic {topic}, which a plan before it has already.",
    "topic_unknown": "{plan} names topic {topic}, and there is no such topic.",
}
"""Per kind what it says. A kind that is here keeps its meaning."""
