/** Several of a few: a group of boxes with a name, and what is wrong with it. */
interface ChoicesProps<T extends string> {
  readonly name: string;
  readonly legend: string;
  readonly all: readonly T[];
  readonly chosen: readonly T[];
  readonly words: (each: T) => string;
  readonly wrong: string;
  readonly choose: (chosen: readonly T[]) => void;
}

export function Choices<T extends string>(props: ChoicesProps<T>) {
  const { name, legend, all, chosen, words, wrong, choose } = props;
  return (
    <fieldset class="choice" aria-describedby={`${name}-wrong`}>
      <legend>{legend}</legend>
      {all.map((each) => (
        <label key={each} class="switch">
          <input
            type="checkbox"
            class="ds-input"
            name={name}
            checked={chosen.includes(each)}
            onChange={({ currentTarget: { checked } }) =>
              choose(all.filter((one) => (one === each ? checked : chosen.includes(one))))}
          />
          {words(each)}
        </label>
      ))}
      <p id={`${name}-wrong`} role="alert" class="error">
        {wrong}
      </p>
    </fieldset>
  );
}
