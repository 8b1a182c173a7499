/** What is wrong with routing plans, as their contract has it; the linter looks at the rest. */
import type { PlanStep } from "@prek/wire";
import { outside, type Tell } from "./checking";
import { isId, type SetUp } from "./document";

export const LEVELS = ["asked", "lower", "anyone"] as const;

export function planProblems({ plans, topics, departments }: SetUp, tell: Tell): void {
  const ids = plans.map(({ id }) => id);
  plans.forEach(
    ({ id, topics: own, skills, priority, target_s, steps, route_by_suggestion }, at) => {
      if (!isId(id)) tell(id, "id", "su_wrong_id");
      if (ids.indexOf(id) < at) tell(id, "id", "su_wrong_twice", { id });
      if (own.some((each) => !topics.some((topic) => topic.id === each)))
        tell(id, "topics", "su_wrong_topic");
      if (Object.values(skills).some((level) => outside(level, 1, 5))) {
        tell(id, "skills", "su_wrong_between", { least: 1, most: 5 });
      }
      if (outside(priority, 1, 9)) tell(id, "priority", "su_wrong_between", { least: 1, most: 9 });
      if (target_s !== null && outside(target_s, 0.001)) tell(id, "target_s", "su_wrong_number");
      if (route_by_suggestion !== null && outside(route_by_suggestion, 0.001, 1)) {
        tell(id, "route_by_suggestion", "su_wrong_between", { least: 1, most: 100 });
      }
      if (steps.length === 0) tell(id, "steps", "su_wrong_steps_none");
      steps.forEach((step, n) => {
        if (step.departments.some((each) => !departments.some((one) => one.id === each))) {
          tell(id, `step-${n}`, "su_wrong_department");
        } else stepProblem(step, steps[n - 1], (key) => tell(id, `step-${n}`, key));
      });
    },
  );
}

/** The first step is there from the start; each one after it admits more, later. */
function stepProblem(
  step: PlanStep,
  before: PlanStep | undefined,
  tell: (key: "su_wrong_step_first" | "su_wrong_step_order" | "su_wrong_step_narrows") => void,
): void {
  if (before === undefined) {
    if (step.after_s !== 0) tell("su_wrong_step_first");
    return;
  }
  if (outside(step.after_s, 0) || step.after_s <= before.after_s)
    return tell("su_wrong_step_order");
  const narrower = LEVELS.indexOf(step.level) < LEVELS.indexOf(before.level);
  const stricter = step.language && !before.language;
  const fewer = !before.departments.every((each) => step.departments.includes(each));
  const withdrawn = before.offer_written && !step.offer_written;
  if (narrower || stricter || fewer || withdrawn) tell("su_wrong_step_narrows");
}
