/** Who gets an e-mail when nobody of a department sees what asks for it. */
import type { AlertTargets } from "@prek/wire";
import { useEditing } from "./editing";
import { WordsField } from "./fields";

interface AlertsProps {
  readonly alerts: AlertTargets;
  /** Whether it is for every department. */
  readonly all?: boolean;
  readonly change: (alerts: AlertTargets, at: string) => void;
}

export function AlertsFields({ alerts, all = false, change }: AlertsProps) {
  const { t } = useEditing();
  return (
    <>
      <WordsField
        field="alerts-department"
        label={t(all ? "su_alerts_all" : "su_alerts")}
        hint={t("su_alerts_hint")}
        words={alerts.department}
        change={(department, at) => change({ ...alerts, department }, at)}
      />
      <WordsField
        field="alerts-leader"
        label={t(all ? "su_alerts_all_leader" : "su_alerts_leader")}
        hint={t("su_alerts_leader_hint")}
        words={alerts.leader}
        change={(leader, at) => change({ ...alerts, leader }, at)}
      />
    </>
  );
}
