/** The places of the console, for those who have more than the desk. */
import { placeLink } from "../links";
import { placesOf } from "../rights";
import { useShown } from "./context";

export function Places() {
  const { profile, place, t } = useShown();
  const open = placesOf(profile);
  if (open.length < 2) return null;
  return (
    <nav class="places-nav" aria-label={t("places")}>
      <ul>
        {open.map((each) => (
          <li key={each}>
            <a href={placeLink(each)} aria-current={each === place ? "page" : undefined}>
              {t(`place_${each}`)}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
