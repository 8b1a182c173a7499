/** A place's page, fetched when it is first gone to: most agents never leave the desk. */
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Place } from "../rights";
import { useShown } from "./context";

type Loaded = { readonly Page: ComponentType };

const PAGES: Readonly<Record<Exclude<Place, "desk">, () => Promise<Loaded>>> = {
  board: () => import("../leading/board"),
  history: () => import("../leading/history"),
  numbers: () => import("../numbers/page"),
  search: () => import("../search/page"),
  set_up: () => import("../set_up/page"),
  systems: () => import("../systems/page"),
  archive: () => import("../archive/page"),
  audit: () => import("../audit/page"),
};

export function PlacePage({ place }: { readonly place: Exclude<Place, "desk"> }) {
  const { t } = useShown();
  const [page, setPage] = useState<Loaded | "loading" | "failed">("loading");
  useEffect(() => {
    let gone = false;
    PAGES[place]().then(
      (loaded) => gone || setPage(loaded),
      () => gone || setPage("failed"),
    );
    return () => {
      gone = true;
    };
  }, [place]);
  if (page === "loading") return <p role="status">{t("loading")}</p>;
  // The file is another since the console was opened: a new version has come.
  if (page === "failed") return <p role="alert">{t("place_failed")}</p>;
  const { Page } = page;
  return <Page />;
}
