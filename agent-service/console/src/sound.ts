/** The sound of an offer: two short, soft tones, made here so that there is nothing to fetch. */
const TONES_HZ = [587, 784];
const TONE_S = 0.14;
const LOUDNESS = 0.08;

/** Play it. A browser that lets no page sound before a click stays silent. */
export function chime(): void {
  const context = new AudioContext();
  TONES_HZ.forEach((hertz, n) => {
    const from = context.currentTime + n * TONE_S;
    const tone = context.createOscillator();
    const volume = context.createGain();
    tone.frequency.value = hertz;
    volume.gain.setValueAtTime(LOUDNESS, from);
    volume.gain.exponentialRampToValueAtTime(0.001, from + TONE_S);
    tone.connect(volume).connect(context.destination);
    tone.start(from);
    tone.stop(from + TONE_S);
    if (n === TONES_HZ.length - 1) tone.onended = () => void context.close();
  });
}
