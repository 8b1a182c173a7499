/** The archive: handing over, erasing, holding back, access and wishes. For archivists. */
import type { ComponentType } from "preact";
import { placeLink } from "../links";
import { useShown } from "../views/context";
import { AccessPart } from "./access";
import { Erasing } from "./erasing";
import { HandingOver } from "./handing-over";
import { Holding } from "./holding";
import { WishesPart } from "./wishes";

const PARTS = ["handing_over", "erasing", "holding", "access", "wishes"] as const;
type Part = (typeof PARTS)[number];

const PAGES: Readonly<Record<Part, ComponentType>> = {
  handing_over: HandingOver,
  erasing: Erasing,
  holding: Holding,
  access: AccessPart,
  wishes: WishesPart,
};

export function Page() {
  const { part, t } = useShown();
  const open = PARTS.find((each) => each === part) ?? "handing_over";
  const Open = PAGES[open];
  return (
    <div class="archive roomy">
      <h2>{t("ar_title")}</h2>
      <nav aria-label={t("ar_parts")} class="archive-parts">
        <ul>
          {PARTS.map((each) => (
            <li key={each}>
              <a
                href={placeLink("archive", each)}
                aria-current={each === open ? "page" : undefined}
              >
                {t(`ar_part_${each}`)}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <section class="panelled" aria-labelledby="archive-part">
        <h3 id="archive-part">{t(`ar_part_${open}`)}</h3>
        <p class="hint">{t(`ar_hint_${open}`)}</p>
        <Open key={open} />
      </section>
    </div>
  );
}
