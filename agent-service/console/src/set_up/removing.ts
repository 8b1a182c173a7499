/** Taking something out of the set-up, with everything that names it. */
import type { SetUp } from "./document";
import { skillOf } from "./document";

/** What names a department, by kind; as long as there is any but `agents`, it stays. */
export function namesDepartment(setUp: SetUp, id: string) {
  return {
    first_line: setUp.first_line === id ? 1 : 0,
    topics: setUp.topics.filter(({ department }) => department === id).length,
    replies: setUp.replies.filter(({ department }) => department === id).length,
    plans: setUp.plans.filter(({ steps }) => steps.some((step) => step.departments.includes(id)))
      .length,
    borrowed: setUp.emergency?.borrowed.includes(id) === true ? 1 : 0,
    agents: setUp.agents.filter(({ departments }) => departments.includes(id)).length,
  };
}

export function mayRemoveDepartment(setUp: SetUp, id: string): boolean {
  const { agents: _, ...others } = namesDepartment(setUp, id);
  return Object.values(others).every((count) => count === 0);
}

/** Its members are no longer members of it. */
export function withoutDepartment(setUp: SetUp, id: string): SetUp {
  return {
    ...setUp,
    departments: setUp.departments.filter((one) => one.id !== id),
    agents: setUp.agents.map((agent) =>
      agent.departments.includes(id)
        ? { ...agent, departments: agent.departments.filter((one) => one !== id) }
        : agent,
    ),
  };
}

export function namesTopic(setUp: SetUp, id: string) {
  const skill = skillOf(id);
  return {
    plans: setUp.plans.filter(({ topics, skills }) => topics.includes(id) || skill in skills)
      .length,
    agents: setUp.agents.filter(({ skills }) => skill in skills).length,
    retention: setUp.privacy.retention.filter(({ topic }) => topic === id).length,
  };
}

/** No plan, agent or rule names it any more; a plan made for it alone goes with it. */
export function withoutTopic(setUp: SetUp, id: string): SetUp {
  const skill = skillOf(id);
  const without = (skills: Readonly<Record<string, number>>) => {
    const { [skill]: _, ...rest } = skills;
    return rest;
  };
  return {
    ...setUp,
    topics: setUp.topics.filter((one) => one.id !== id),
    // A plan that names no topic is for all of them: this one must not become that.
    plans: setUp.plans
      .filter(({ topics }) => topics.length !== 1 || topics[0] !== id)
      .map((plan) => ({
        ...plan,
        topics: plan.topics.filter((one) => one !== id),
        skills: without(plan.skills),
      })),
    agents: setUp.agents.map((agent) =>
      skill in agent.skills ? { ...agent, skills: without(agent.skills) } : agent,
    ),
    privacy: {
      ...setUp.privacy,
      retention: setUp.privacy.retention.filter(({ topic }) => topic !== id),
    },
    archive: withoutTopicsClass(setUp.archive, id),
  };
}

function withoutTopicsClass(archive: SetUp["archive"], id: string): SetUp["archive"] {
  const { [id]: _, ...classes } = archive.classes;
  return {
    ...archive,
    classes,
    shielded_topics: archive.shielded_topics.filter((topic) => topic !== id),
  };
}
