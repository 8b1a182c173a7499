/** Citizens who asked to be forgotten, and what stands in the way. */
import { useState } from "preact/hooks";
import { failed, wishes } from "./asking";
import { Opened } from "./opened";
import { Table, useAnswer, Waiting } from "./parts";
import { useArchiveWords } from "./words";

export function WishesPart() {
  const { t, when, said, choice, topic, reference } = useArchiveWords();
  const { answer, load } = useAnswer(wishes, "");
  const [open, setOpen] = useState<string | null>(null);
  const found = answer === null || failed(answer) ? null : answer;
  const erased = found?.erased ?? [];
  return (
    <>
      <Waiting answer={answer} />
      {found?.wishes.length === 0 && <p>{t("ar_no_wishes")}</p>}
      {found !== null && found.wishes.length > 0 && (
        <Table
          caption={t("ar_part_wishes")}
          heads={[
            t("ar_reference"), t("ar_asked"), t("ar_topic"), t("ar_choice"), t("ar_news"),
            t("ar_do"),
          ]}
        >
          {found.wishes.map((wish) => (
            <tr key={wish.conversation}>
              <th scope="row"><bdi>{reference(wish.conversation)}</bdi></th>
              <td>{when(wish.asked_at)}</td>
              <td>{topic(wish.topic)}</td>
              <td>{choice(wish.archive)}</td>
              <td>{said(`ar_wish_${wish.state}`, wish.state)}</td>
              <td>
                <button
                  type="button"
                  class="as-link"
                  aria-label={`${t("ar_read")} ${reference(wish.conversation)}`}
                  onClick={() => setOpen(wish.conversation)}
                >
                  {t("ar_read")}
                </button>
              </td>
            </tr>
          ))}
        </Table>
      )}
      {erased.length > 0 && (
        <>
          <h4>{t("ar_forgotten")}</h4>
          <ul>
            {erased.map((each) => (
              <li key={each.conversation}>
                {t("ar_forgotten_one", {
                  ref: reference(each.conversation),
                  when: when(each.erased_at),
                })}
              </li>
            ))}
          </ul>
        </>
      )}
      {open !== null && (
        <Opened
          conversation={open}
          close={() => {
            setOpen(null);
            void load();
          }}
        />
      )}
    </>
  );
}
