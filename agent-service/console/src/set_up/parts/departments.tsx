/** The departments: who they are, when they are open, and which answers first. */
import type { Department } from "@prek/wire";
import { AlertsFields } from "../alerts-fields";
import { amended } from "../document";
import { SpotContext, useEditing } from "../editing";
import { Entries } from "../entries";
import { ChoiceField, LocalizedFields, Switch } from "../fields";
import { HoursEditor } from "../hours-editor";
import { DEPARTMENT } from "../reading";
import { mayRemoveDepartment, namesDepartment, withoutDepartment } from "../removing";

export function Departments() {
  const { now, put, edit, t, departmentName } = useEditing();
  const { departments } = now;
  const change = (id: string, values: Partial<Department>, at = "") =>
    put("departments", amended(departments, id, values), at);
  const follows = ({ id }: Department) => {
    const { agents, topics, plans, replies, first_line, borrowed } = namesDepartment(now, id);
    if (mayRemoveDepartment(now, id)) return t("su_department_follows", { agents });
    if (first_line === 1) return t("su_department_first");
    return borrowed === 1
      ? t("su_department_borrowed")
      : t("su_department_named", { topics, plans, replies });
  };
  return (
    <SpotContext.Provider value={{ part: "departments", entry: "" }}>
      <ChoiceField
        field="first_line"
        label={t("su_first_line")}
        hint={t("su_first_line_hint")}
        value={now.first_line}
        options={departments.map(({ id }) => [id, departmentName(id)] as const)}
        change={(id) => put("first_line", id)}
      />
      <Entries
        part="departments"
        items={departments}
        name={({ id }) => departmentName(id)}
        about={({ confidential }) => (confidential ? t("su_confidential") : "")}
        addLabel="su_add_department"
        add={(id, nb) => put("departments", [...departments, { ...DEPARTMENT, id, name: { nb } }])}
        follows={follows}
        remove={({ id }) =>
          mayRemoveDepartment(now, id) ? () => edit(withoutDepartment(now, id)) : undefined
        }
      >
        {({ id, name, confidential, hours, alerts }) => (
          <>
            <LocalizedFields
              field="name"
              label={t("su_name")}
              texts={name}
              change={(next, at) => change(id, { name: next }, at)}
            />
            <Switch
              label={t("su_confidential")}
              hint={t("su_confidential_hint")}
              on={confidential}
              change={(on) => change(id, { confidential: on })}
            />
            <AlertsFields
              alerts={alerts}
              change={(next, at) => change(id, { alerts: next }, at)}
            />
            <HoursEditor
              hours={hours}
              none={t("su_hours_as_tenant")}
              usual={now.hours}
              change={(next, at) => change(id, { hours: next }, at)}
            />
          </>
        )}
      </Entries>
      <AlertsFields all alerts={now.alerts} change={(next, at) => put("alerts", next, at)} />
    </SpotContext.Provider>
  );
}
