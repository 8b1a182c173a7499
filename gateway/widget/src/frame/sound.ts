/** Two short notes, made here: no file is fetched for them. */

/** In Hz: a fourth upwards, as of somebody who comes in. */
const NOTES = [587.33, 783.99] as const;
const NOTE_S = 0.16;
const LOUDNESS = 0.06;

export class Sound {
  private context: AudioContext | null = null;

  /** A browser lets only a page be heard that was touched before: take leave at the first touch. */
  prime(wanted: () => boolean): void {
    const touch = () => {
      if (wanted()) void this.ready().then((context) => context?.suspend());
    };
    for (const kind of ["pointerdown", "keydown"]) {
      addEventListener(kind, touch, { once: true, capture: true });
    }
  }

  /** Once, however many tabs of the same citizen would like to. */
  play(): void {
    const once = navigator.locks;
    if (once === undefined) return void this.sing();
    // The others hear of the same message within this time.
    const sing = (lock: Lock | null) =>
      lock === null ? undefined : this.sing().then(() => pause(1_500));
    once.request("prek.sound", { ifAvailable: true }, sing).catch(() => null);
  }

  private async sing(): Promise<void> {
    const context = await this.ready();
    if (context === null) return;
    const begin = context.currentTime + 0.02;
    NOTES.forEach((note, index) => tone(context, note, begin + index * NOTE_S));
    await pause(1_000 * NOTE_S * NOTES.length + 200);
    await context.suspend();
  }

  /** Null where there is no sound, or no leave to make one. */
  private async ready(): Promise<AudioContext | null> {
    try {
      this.context ??= new AudioContext();
      // Without leave this waits for a touch that may never come.
      await Promise.race([this.context.resume(), pause(300)]);
      return this.context.state === "running" ? this.context : null;
    } catch {
      return null;
    }
  }
}

/** One note that swells and fades, so that it does not click. */
function tone(context: AudioContext, note: number, at: number): void {
  const voice = context.createOscillator();
  const loudness = context.createGain();
  voice.frequency.value = note;
  loudness.gain.setValueAtTime(0, at);
  loudness.gain.linearRampToValueAtTime(LOUDNESS, at + 0.02);
  loudness.gain.exponentialRampToValueAtTime(0.0001, at + NOTE_S);
  voice.connect(loudness).connect(context.destination);
  voice.start(at);
  voice.stop(at + NOTE_S);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
