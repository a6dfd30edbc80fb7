// The board's lists: always a whole snapshot of the server's, never patched from guesses.
import { setServerNow, tick } from "./ages";
import { getJson } from "./http";

interface Snapshot { sequence: number; at: string; parts: Record<string, string> }

/** Runs `work` at once, and once more if it was asked for while running: bursts cost two runs. */
export function coalesce(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null;
  let again = false;
  const run = async (): Promise<void> => {
    do {
      again = false;
      await work();
    } while (again);
  };
  return () => {
    if (running) { again = true; return running; }
    running = run().finally(() => { running = null; });
    return running;
  };
}

export class Lists {
  private shown: Record<string, string> = {};
  sequence: number;

  constructor(private board: HTMLElement, private changed: () => void) {
    this.sequence = Number(board.dataset.sequence);
  }

  /** Fetch the snapshot and put in what differs; rejects when the server cannot be reached. */
  refresh = coalesce(async () => {
    const snapshot = await getJson<Snapshot>(this.board.dataset.rows!);
    setServerNow(snapshot.at);
    this.sequence = snapshot.sequence;
    for (const [name, html] of Object.entries(snapshot.parts)) this.put(name, html);
    tick();
    this.changed();
  });

  private put(name: string, html: string): void {
    if (this.shown[name] === html) return;
    this.shown[name] = html;
    const place = document.getElementById(name)!;
    const top = place.scrollTop;
    place.innerHTML = html;
    place.scrollTop = top;
  }
}
