/** When the municipality is open, where a department has no hours of its own. */
import { SpotContext, useEditing } from "../editing";
import { HoursEditor } from "../hours-editor";

export function Hours() {
  const { now, put, open, t, departmentName } = useEditing();
  const own = now.departments.filter(({ hours }) => hours !== null);
  return (
    <SpotContext.Provider value={{ part: "hours", entry: "" }}>
      <HoursEditor
        hours={now.hours}
        none={t("su_hours_always")}
        usual={null}
        change={(hours, at) => put("hours", hours, at)}
      />
      <section>
        <h4>{t("su_hours_own")}</h4>
        <p class="hint">{t("su_hours_own_hint")}</p>
        <ul class="chips">
          {own.map(({ id }) => (
            <li key={id}>
              <a href="#place=set_up&part=departments" onClick={() => open("departments", id)}>
                {departmentName(id)}
              </a>
            </li>
          ))}
        </ul>
      </section>
    </SpotContext.Provider>
  );
}
