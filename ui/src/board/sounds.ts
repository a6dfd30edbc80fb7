// What a duty room hears: made by the browser itself, one pattern a kind; silent until it may sound, and saying so.

export type Kind = "emergency" | "first" | "second" | "other" | "overdue";
interface Tone { at: number; hertz: number; to?: number; long: number }

const tones = (hertz: number[], long: number, gap: number): Tone[] =>
  hertz.map((value, at) => ({ at: at * (long + gap), hertz: value, long }));
const PATTERNS: Record<Kind, Tone[]> = {
  emergency: [0, 0.5, 1, 1.5].map((at) => ({ at, hertz: 600, to: 1300, long: 0.45 })),
  first: tones([880, 1175, 880, 1175], 0.16, 0.05),
  second: tones([660, 660], 0.18, 0.1),
  other: tones([440], 0.15, 0),
  overdue: tones([330, 262], 0.3, 0.06),
};

const LOUDEST: Kind[] = ["emergency", "first", "overdue", "second", "other"];

export const ofPriority = (priority: string | undefined): Kind =>
  priority === "1" ? "first" : priority === "2" ? "second" : "other";

export class Sounds {
  private context: AudioContext | null = null;
  muted = false;
  volume = 0.5;

  constructor(private changed: () => void) {
    try {
      this.muted = localStorage.getItem("board-muted") === "1";
      this.volume = Number(localStorage.getItem("board-volume") ?? "0.5");
    } catch { /* storage refused: as when new */ }
    const wake = () => void this.wake();
    for (const name of ["keydown", "pointerdown"]) document.addEventListener(name, wake);
    void this.wake();
  }

  /** Whether the browser lets the page sound: not before somebody has pressed a key or a button on it. */
  get allowed(): boolean {
    return this.context?.state === "running";
  }

  private async wake(): Promise<void> {
    if (this.allowed || typeof AudioContext === "undefined") return;
    if (!navigator.userActivation?.hasBeenActive) return;
    this.context ??= new AudioContext();
    await this.context.resume().catch(() => undefined);
    this.changed();
  }

  set(muted: boolean, volume: number): void {
    [this.muted, this.volume] = [muted, Math.min(1, Math.max(0, volume))];
    try {
      localStorage.setItem("board-muted", muted ? "1" : "0");
      localStorage.setItem("board-volume", String(this.volume));
    } catch { /* kept for this page only */ }
    this.changed();
  }

  toggle(): void {
    this.set(!this.muted, this.volume);
  }

  /** Say on the page's button whether it sounds, in its words. */
  show(words: DOMStringMap): void {
    const button = document.getElementById("sound")!;
    const state = this.muted || this.volume === 0 ? "soundMuted" : this.allowed ? "soundOn" : "soundWaits";
    button.querySelector(".sound-word")!.textContent = words[state] ?? "";
    button.setAttribute("aria-pressed", String(state === "soundOn"));
    button.classList.toggle("sound-waits", state === "soundWaits");
  }

  /** Of several kinds at once only the loudest sounds; it is returned. */
  playLoudest(kinds: readonly Kind[]): Kind | undefined {
    const loudest = LOUDEST.find((kind) => kinds.includes(kind));
    if (loudest) this.play(loudest);
    return loudest;
  }

  play(kind: Kind): void {
    const context = this.context;
    if (!context || !this.allowed || this.muted || this.volume === 0) return;
    for (const tone of PATTERNS[kind]) {
      const [oscillator, gain] = [context.createOscillator(), context.createGain()];
      const [start, end] = [context.currentTime + tone.at, context.currentTime + tone.at + tone.long];
      oscillator.frequency.setValueAtTime(tone.hertz, start);
      if (tone.to) oscillator.frequency.linearRampToValueAtTime(tone.to, end);
      gain.gain.setValueAtTime(0, start);
      gain.gain.linearRampToValueAtTime(this.volume * 0.6, start + 0.01);
      gain.gain.setValueAtTime(this.volume * 0.6, end - 0.03);
      gain.gain.linearRampToValueAtTime(0, end);
      oscillator.connect(gain).connect(context.destination);
      oscillator.start(start);
      oscillator.stop(end);
    }
  }
}
