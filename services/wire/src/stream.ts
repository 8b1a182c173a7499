/**
 * One numbered stream of events: applied when `seq == last + 1`, dropped when lower, held when
 * higher. Every function returns a new state, what may be shown now, and what to ask for.
 */

export interface Sequenced {
  readonly seq: number;
}

export interface StreamState<E extends Sequenced> {
  /** Highest seq applied. */
  readonly last: number;
  /** Events that came too early, by ascending seq. */
  readonly held: readonly E[];
}

export interface StreamStep<E extends Sequenced> {
  readonly state: StreamState<E>;
  /** Events to show now, in order. */
  readonly applied: readonly E[];
  /** Ask the server for the events after this seq; null: nothing to ask for. */
  readonly syncAfter: number | null;
}

/** A stream of which everything up to and including `last` is known. */
export function startStream<E extends Sequenced>(last = 0): StreamState<E> {
  return { last, held: [] };
}

/** A pushed event. Asks only when a gap is first seen: the watermark repeats a lost question. */
export function receive<E extends Sequenced>(state: StreamState<E>, event: E): StreamStep<E> {
  const step = absorb(state, [event]);
  const newGap = state.held.length === 0 && step.state.held.length > 0;
  return { ...step, syncAfter: newGap ? step.state.last : null };
}

/**
 * The answer to a question (welcome, sync, follow). Asks on when there is `more`, or when what is
 * held still does not join, but never after an answer that brought nothing: that would spin.
 */
export function merge<E extends Sequenced>(
  state: StreamState<E>,
  events: readonly E[],
  lastSeq: number,
): StreamStep<E> {
  const step = absorb(state, events);
  const behind = lastSeq > step.state.last || step.state.held.length > 0;
  return { ...step, syncAfter: behind && step.applied.length > 0 ? step.state.last : null };
}

/** The server's highest seq, told now and then: heals a lost tail. */
export function watermark<E extends Sequenced>(
  state: StreamState<E>,
  lastSeq: number,
): StreamStep<E> {
  const behind = lastSeq > state.last || state.held.length > 0;
  return { state, applied: [], syncAfter: behind ? state.last : null };
}

function absorb<E extends Sequenced>(state: StreamState<E>, events: readonly E[]): StreamStep<E> {
  const pending = new Map<number, E>();
  for (const event of [...state.held, ...events]) {
    if (event.seq > state.last && !pending.has(event.seq)) pending.set(event.seq, event);
  }
  const applied: E[] = [];
  let last = state.last;
  for (let next = pending.get(last + 1); next !== undefined; next = pending.get(last + 1)) {
    applied.push(next);
    pending.delete(next.seq);
    last = next.seq;
  }
  const held = [...pending.values()].sort((a, b) => a.seq - b.seq);
  return { state: { last, held }, applied, syncAfter: null };
}
