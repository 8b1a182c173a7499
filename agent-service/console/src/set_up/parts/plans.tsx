/** Routing plans: what enquiries of some topics ask for, and how that is relaxed as they wait. */
import type { PlanStep, RoutingPlan } from "@prek/wire";
import { LEVELS } from "../checking-plans";
import { amended, without } from "../document";
import { useEditing } from "../editing";
import { Entries } from "../entries";
import { ChoiceField, NumberField, SeveralField, Switch, useField, Wrong } from "../fields";
import { PLAN, STEP } from "../reading";
import { SkillsField } from "../skills";

const DIRECT = { as_topic: null, straight: true, first_line: false } as const;
const BANDS = [1, 2, 3, 4, 5, 6, 7, 8, 9];
/** Seconds between a step and the one after it, to begin with. */
const LATER_S = 60;

export function Plans() {
  const { now, put, t, topicName } = useEditing();
  const { plans } = now;
  const change = (id: string, values: Partial<RoutingPlan>, at = "") =>
    put("plans", amended(plans, id, values), at);
  const topicsOf = ({ topics }: RoutingPlan) =>
    topics.length === 0 ? t("su_plan_all") : topics.map(topicName).join(", ");
  return (
    <Entries
      part="plans"
      items={plans}
      name={({ id }) => id}
      about={topicsOf}
      addLabel="su_add_plan"
      add={(id) => put("plans", [...plans, { ...PLAN, id }])}
      follows={(plan) => t("su_plan_follows", { topics: topicsOf(plan) })}
      remove={({ id }) => () => put("plans", without(plans, id))}
    >
      {(plan) => <Plan plan={plan} change={(values, at) => change(plan.id, values, at)} />}
    </Entries>
  );
}

interface PlanProps {
  readonly plan: RoutingPlan;
  readonly change: (values: Partial<RoutingPlan>, at?: string) => void;
}

function Plan({ plan, change }: PlanProps) {
  const { now, t, topicName } = useEditing();
  const direct =
    Object.entries(DIRECT).find(([, value]) => value === plan.direct)?.[0] ?? "as_topic";
  const { target_s, route_by_suggestion } = plan;
  return (
    <>
      <SeveralField
        field="topics"
        label={t("su_plan_topics")}
        hint={t("su_plan_topics_hint")}
        chosen={plan.topics}
        options={now.topics.map(({ id }) => [id, topicName(id)] as const)}
        change={(topics) => change({ topics })}
      />
      <ChoiceField
        field="direct"
        label={t("su_plan_direct")}
        value={direct}
        options={(["as_topic", "straight", "first_line"] as const).map(
          (one) => [one, t(`su_direct_${one}`)] as const,
        )}
        change={(one) => change({ direct: DIRECT[one as keyof typeof DIRECT] })}
      />
      <ChoiceField
        field="priority"
        label={t("su_band")}
        hint={t("su_band_hint")}
        value={String(plan.priority)}
        options={BANDS.map((band) => [String(band), String(band)] as const)}
        change={(band) => change({ priority: Number(band) })}
      />
      <Switch
        label={t("su_plan_target_usual", { s: now.timing.target_s })}
        on={target_s === null}
        change={(on) => change({ target_s: on ? null : now.timing.target_s })}
      />
      {target_s !== null && (
        <NumberField
          field="target_s"
          label={t("su_plan_target")}
          value={target_s}
          change={(next, at) => change({ target_s: next }, at)}
        />
      )}
      <Switch
        label={t("su_by_suggestion")}
        hint={t("su_by_suggestion_hint")}
        on={route_by_suggestion !== null}
        change={(on) => change({ route_by_suggestion: on ? 0.8 : null })}
      />
      {route_by_suggestion !== null && (
        <NumberField
          field="route_by_suggestion"
          label={t("su_by_suggestion_score")}
          value={Math.round(route_by_suggestion * 100)}
          change={(next, at) => change({ route_by_suggestion: next / 100 }, at)}
        />
      )}
      <SkillsField
        label={t("su_plan_skills")}
        hint={t("su_plan_skills_hint")}
        skills={plan.skills}
        change={(skills) => change({ skills })}
      />
      <Steps {...{ plan, change }} />
    </>
  );
}

function Steps({ plan: { steps }, change }: PlanProps) {
  const { t } = useEditing();
  const last = steps.at(-1) ?? STEP;
  return (
    <section>
      <h4>{t("su_steps")}</h4>
      <p class="hint">{t("su_steps_hint")}</p>
      <ol class="steps">
        {steps.map((step, at) => (
          // A step is its place: those after it stand upon it.
          <li key={at}>
            <Step
              at={at}
              step={step}
              change={(values, field) =>
                change(
                  { steps: steps.map((one, n) => (n === at ? { ...one, ...values } : one)) },
                  field,
                )
              }
              {...(at === 0
                ? {}
                : { remove: () => change({ steps: steps.filter((_, n) => n !== at) }) })}
            />
          </li>
        ))}
      </ol>
      <button
        type="button"
        class="ds-button"
        data-variant="secondary"
        onClick={() => change({ steps: [...steps, { ...last, after_s: last.after_s + LATER_S }] })}
      >
        {t("su_step_add")}
      </button>
    </section>
  );
}

interface StepProps {
  readonly at: number;
  readonly step: PlanStep;
  readonly change: (values: Partial<PlanStep>, at?: string) => void;
  readonly remove?: () => void;
}

function Step({ at, step, change, remove }: StepProps) {
  const { now, t, departmentName } = useEditing();
  const { id, wrong } = useField(`step-${at}`);
  return (
    <fieldset class="step" id={id} tabIndex={-1} aria-describedby={`${id}-wrong`}>
      <legend class="ds-label">{t("su_step_n", { n: at + 1 })}</legend>
      {at === 0 ? (
        <p class="hint">{t("su_step_at_once")}</p>
      ) : (
        <NumberField
          field={`step-${at}-after`}
          label={t("su_step_after")}
          value={step.after_s}
          change={(after_s, field) => change({ after_s }, field)}
        />
      )}
      <ChoiceField
        field={`step-${at}-level`}
        label={t("su_step_level")}
        value={step.level}
        options={LEVELS.map((level) => [level, t(`su_step_level_${level}`)] as const)}
        change={(level) => change({ level: level as PlanStep["level"] })}
      />
      <Switch
        label={t("su_step_language")}
        on={step.language}
        change={(language) => change({ language })}
      />
      <Switch
        label={t("su_step_written")}
        on={step.offer_written}
        change={(offer_written) => change({ offer_written })}
      />
      <details open={step.departments.length > 0}>
        <summary>{t("su_step_departments", { n: step.departments.length })}</summary>
        <SeveralField
          field={`step-${at}-departments`}
          label={t("su_step_overflow")}
          chosen={step.departments}
          options={now.departments.map((one) => [one.id, departmentName(one.id)] as const)}
          change={(departments) => change({ departments })}
        />
      </details>
      <Wrong id={id} wrong={wrong} />
      {remove !== undefined && (
        <button
          type="button"
          class="ds-button"
          data-variant="tertiary"
          data-color="danger"
          onClick={remove}
        >
          {t("su_step_remove", { n: at + 1 })}
        </button>
      )}
    </fieldset>
  );
}
