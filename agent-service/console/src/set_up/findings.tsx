/** What the linter found, in words, each with a way to what it is about. */
import { placeLink } from "../links";
import { isKey } from "../texts";
import { type Editing, useEditing } from "./editing";
import type { Part } from "./document";

/** As the router tells it (`router.core.finding`). */
export interface Finding {
  readonly kind: string;
  readonly severity: "error" | "warning";
  readonly plan: string;
  readonly step: number | null;
  readonly department: string;
  readonly skill: string;
  readonly level: number;
  readonly topic: string;
  readonly language: string;
  /** In English, for a kind we have no words for yet. */
  readonly message: string;
}

export function Findings({ findings }: { readonly findings: readonly Finding[] }) {
  const { t } = useEditing();
  const errors = findings.filter(({ severity }) => severity === "error");
  const warnings = findings.filter(({ severity }) => severity !== "error");
  return (
    <>
      {errors.length > 0 && (
        <Some title={t("su_findings_errors", { n: errors.length })} of={errors} />
      )}
      {warnings.length > 0 && (
        <Some title={t("su_findings_warnings", { n: warnings.length })} of={warnings} />
      )}
    </>
  );
}

function Some({ title, of }: { readonly title: string; readonly of: readonly Finding[] }) {
  const editing = useEditing();
  return (
    <section
      class="ds-alert findings"
      data-color={of[0]?.severity === "error" ? "danger" : "warning"}
    >
      <p class="ds-label">{title}</p>
      <ul>
        {of.map((finding) => {
          const [part, entry] = aboutOf(finding);
          return (
            <li key={JSON.stringify(finding)}>
              {wordsOf(finding, editing)}{" "}
              <a href={placeLink("set_up", part)} onClick={() => editing.open(part, entry)}>
                {editing.t("su_finding_go", { part: editing.t(`su_part_${part}`) })}
              </a>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

/** Where it can be mended: in the plan, else where the department, the topic or the skill is. */
export function aboutOf({
  plan,
  kind,
  department,
  topic,
  skill,
}: Finding): readonly [Part, string | null] {
  if (kind.startsWith("department_") && department !== "") return ["departments", department];
  if (kind === "direct_empty") return ["topics", topic];
  if (plan !== "") return ["plans", plan];
  if (topic !== "") return ["topics", topic];
  if (department !== "") return ["departments", department];
  return skill === "" ? ["timing", null] : ["agents", null];
}

/** The finding in plain words. */
export function wordsOf(
  finding: Finding,
  { t, departmentName, skillName, topicName }: Editing,
): string {
  const key = `su_finding_${finding.kind}`;
  if (!isKey(key)) return finding.message;
  const { plan, step, department, skill, level, topic, language } = finding;
  const spoken = `lang_${language}`;
  const words = t(key, {
    plan: plan === "" ? t("su_finding_usual") : t("su_finding_plan", { plan }),
    step: (step ?? 0) + 1,
    department: departmentName(department),
    skill: skillName(skill),
    topic: topicName(topic),
    language: isKey(spoken) ? t(spoken) : language,
  });
  const asked =
    level > 0 && skill !== "" ? ` ${t("su_finding_asks", { skill: skillName(skill), level })}` : "";
  return words + asked;
}
