/** "Did you get an answer?": one press is enough, and a line may follow. Nobody must. */
import { MAX_TEXT_BYTES, utf8Bytes } from "@prek/wire";
import { useState } from "preact/hooks";
import { hasCommented, ratingOf, type Rating } from "./afterwards";
import type { ViewProps } from "./app";
import { FieldError } from "./form";
import { textsOf } from "./wording";

const RATINGS: readonly Rating[] = ["yes", "partly", "no"];

export function Rate({ state, session }: ViewProps) {
  const texts = textsOf(state);
  const rating = ratingOf(state);
  const failed = state.troubles.rate !== undefined;
  const commented = hasCommented(state) && !failed;
  const [comment, setComment] = useState("");
  return (
    <fieldset class="rate">
      <legend>{texts.rate}</legend>
      <div class="choices">
        {RATINGS.map((each) => (
          <button
            key={each}
            type="button"
            class="chip"
            aria-pressed={rating === each}
            onClick={() => rating !== each && session.rate(each)}
          >
            {texts[`rate_${each}`]}
          </button>
        ))}
      </div>
      <p class="told" role="status">
        {rating !== null && (commented ? texts.rate_more_thanks : texts.rate_thanks)}
      </p>
      <div role="alert">{failed && <p class="wrong">{texts.rate_failed}</p>}</div>
      {rating !== null && !commented && (
        <Comment
          state={state}
          comment={comment}
          onInput={setComment}
          onSend={() => {
            session.rate(rating, comment);
            // The field goes away: the answer it belongs to stays.
            document.querySelector<HTMLElement>(".rate [aria-pressed=true]")?.focus();
          }}
        />
      )}
    </fieldset>
  );
}

interface CommentProps extends Pick<ViewProps, "state"> {
  readonly comment: string;
  readonly onInput: (comment: string) => void;
  readonly onSend: () => void;
}

function Comment({ state, comment, onInput, onSend }: CommentProps) {
  const texts = textsOf(state);
  const tooLong = utf8Bytes(comment) > MAX_TEXT_BYTES;
  return (
    <div class="entry">
      <label class="ds-label" for="rate-comment">
        {texts.rate_more}
      </label>
      <div class="field">
        <textarea
          id="rate-comment"
          class="ds-input"
          rows={1}
          value={comment}
          autocomplete="off"
          aria-invalid={tooLong}
          aria-describedby="rate-error"
          onInput={(event) => onInput(event.currentTarget.value)}
        />
        <button
          type="button"
          class="ds-button"
          data-variant="secondary"
          data-size="sm"
          onClick={() => {
            if (comment.trim() !== "" && !tooLong) onSend();
          }}
        >
          {texts.send}
        </button>
      </div>
      <FieldError id="rate-error" error={tooLong ? texts.too_long : ""} />
    </div>
  );
}
