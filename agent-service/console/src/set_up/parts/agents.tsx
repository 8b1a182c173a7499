/** The staff: where they work, what they may do, what they know, and how much at once. */
import type { AgentProfile } from "@prek/wire";
import { amended, SPOKEN, without } from "../document";
import { useEditing } from "../editing";
import { Entries } from "../entries";
import { ChoiceField, NumberField, SeveralField, TextField } from "../fields";
import { AGENT } from "../reading";
import { SkillsField } from "../skills";

const ROLES = ["agent", "leader", "supervisor", "archivist", "admin"] as const;

export function Agents() {
  const { now, put, t, departmentName } = useEditing();
  const { agents, departments, first_line } = now;
  const change = (id: string, values: Partial<AgentProfile>, at = "") =>
    put("agents", amended(agents, id, values), at);
  const about = ({ departments: own, roles }: AgentProfile) =>
    [
      ...own.map(departmentName),
      ...roles.filter((one) => one !== "agent").map((one) => t(`su_role_${one}`)),
    ].join(", ");
  return (
    <Entries
      part="agents"
      items={agents}
      name={({ name }) => name}
      about={about}
      addLabel="su_add_agent"
      joint="."
      asksId
      add={(id, name) =>
        put("agents", [...agents, { ...AGENT, id, name, departments: [first_line] }])
      }
      follows={({ name }) => t("su_agent_follows", { name })}
      remove={({ id }) => () => put("agents", without(agents, id))}
    >
      {(agent) => (
        <>
          <TextField
            field="name"
            label={t("su_name")}
            value={agent.name}
            change={(name, at) => change(agent.id, { name }, at)}
          />
          <SeveralField
            field="departments"
            label={t("su_agent_departments")}
            hint={t("su_agent_departments_hint")}
            chosen={agent.departments}
            options={departments.map(({ id }) => [id, departmentName(id)] as const)}
            change={(chosen) => change(agent.id, { departments: chosen })}
          />
          {agent.departments.length > 1 && (
            <ChoiceField
              field="home"
              label={t("su_agent_home")}
              hint={t("su_agent_home_hint")}
              value={agent.departments[0] ?? ""}
              options={agent.departments.map((id) => [id, departmentName(id)] as const)}
              change={(home) => {
                const rest = agent.departments.filter((id) => id !== home);
                change(agent.id, { departments: [home, ...rest] });
              }}
            />
          )}
          <SeveralField
            field="roles"
            label={t("su_roles")}
            chosen={agent.roles}
            options={ROLES.map(
              (role) => [role, `${t(`su_role_${role}`)}: ${t(`su_can_${role}`)}`] as const,
            )}
            change={(chosen) =>
              change(agent.id, { roles: ROLES.filter((role) => chosen.includes(role)) })
            }
          />
          <SkillsField
            label={t("su_agent_skills")}
            hint={t("su_agent_skills_hint")}
            skills={agent.skills}
            change={(skills) => change(agent.id, { skills })}
          />
          <SeveralField
            field="languages"
            label={t("su_agent_languages")}
            chosen={agent.languages}
            options={SPOKEN.map((code) => [code, t(`lang_${code}`)] as const)}
            change={(languages) => change(agent.id, { languages })}
          />
          <NumberField
            field="capacity"
            label={t("su_capacity")}
            hint={t("su_capacity_hint")}
            value={agent.capacity}
            change={(capacity, at) => change(agent.id, { capacity }, at)}
          />
        </>
      )}
    </Entries>
  );
}
