// The board's lists: what the server says is shown, row by row; a row it does not have is asked for, never guessed.
import { setServerNow, tick } from "./ages";
import { getChanged } from "./http";

export type Part = "queue" | "units";
const PARTS: Part[] = ["queue", "units"];

/** Every row's name with its version, in order, and the HTML of those that changed. */
export interface Patch {
  sequence: number;
  at: string;
  had: string;
  digest: string;
  counts: string;
  parts: Record<Part, { order: string[]; rows: Record<string, string> }>;
}

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

/** Runs `work` at most once in so many milliseconds, a little spread so that many boards do not ask in step. */
export function gently(work: () => Promise<void>, milliseconds: number): () => void {
  let due: number | undefined;
  let last = -Infinity;
  return () => {
    if (due !== undefined) return;
    const wait = Math.max(0, last + milliseconds - performance.now()) + Math.random() * milliseconds * 0.25;
    due = window.setTimeout(() => {
      due = undefined;
      last = performance.now();
      void work();
    }, wait);
  };
}

const key = (token: string): string => token.slice(0, token.indexOf(":"));

function make(html: string): HTMLElement | null {
  const template = document.createElement("template");
  template.innerHTML = html;
  const row = template.content.firstElementChild as HTMLElement | null;
  return template.content.childElementCount === 1 ? row : null;
}

export class Lists {
  private rows: Record<Part, Map<string, HTMLElement>> = { queue: new Map(), units: new Map() };
  /** How a list is put in order; the server's own where there is nothing. */
  sort: Partial<Record<Part, (rows: HTMLElement[]) => HTMLElement[]>> = {};
  sequence: number;
  digest: string;

  constructor(private board: HTMLElement, private changed: () => void) {
    this.sequence = Number(board.dataset.sequence);
    this.digest = board.dataset.digest!;
    const orders = JSON.parse(document.getElementById("board-orders")!.textContent!) as Record<Part, string[]>;
    for (const part of PARTS) this.adopt(part, orders[part]);
  }

  /** Take over the rows that the page came with; where they do not fit, all will be asked for. */
  private adopt(part: Part, order: string[]): void {
    const shown = [...document.getElementById(part)!.children] as HTMLElement[];
    if (shown.length !== order.length) { this.digest = ""; return; }
    order.forEach((token, at) => this.rows[part].set(token, shown[at]));
  }

  /** Fetch all rows, as while the stream is cut; rejects when the server cannot be reached. */
  refresh = coalesce(async () => {
    const whole = await getChanged<Patch>(this.board.dataset.rows!, this.digest);
    if (whole) this.put(whole);
  });

  /** Put a patch in; where it speaks of a row that is not here, fetch all. */
  patch(patch: Patch): Promise<void> {
    if (this.fits(patch)) { this.put(patch); return Promise.resolve(); }
    this.digest = "";
    return this.refresh();
  }

  private fits(patch: Patch): boolean {
    return PARTS.every((part) => patch.parts[part].order.every(
      (token) => this.rows[part].has(token) || token in patch.parts[part].rows));
  }

  private put(patch: Patch): void {
    setServerNow(patch.at);
    for (const part of PARTS) this.list(part, patch.parts[part]);
    const counts = document.getElementById("counts")!;
    if (counts.innerHTML !== patch.counts) counts.innerHTML = patch.counts;
    this.sequence = patch.sequence;
    this.digest = patch.digest;
    tick();
    this.changed();
  }

  private list(part: Part, { order, rows }: Patch["parts"][Part]): void {
    const next = new Map<string, HTMLElement>();
    for (const token of order) {
      const row = this.rows[part].get(token) ?? make(rows[token] ?? "");
      if (!row) throw new Error(`no row ${token}`);
      next.set(token, row);
    }
    const place = document.getElementById(part)!;
    const old = [...this.rows[part]].find(([, row]) => row.contains(document.activeElement));
    this.rows[part] = next;
    this.arrange(part);
    if (old && !place.contains(document.activeElement)) {
      [...next].find(([token]) => key(token) === key(old[0]))?.[1].querySelector("a")?.focus({ preventScroll: true });
    }
  }

  /** Put the rows in their order, touching only those that move. */
  arrange(part: Part): void {
    const place = document.getElementById(part)!;
    const rows = [...this.rows[part].values()];
    const wanted = this.sort[part]?.(rows) ?? rows;
    const keep = new Set(wanted);
    for (const row of [...place.children]) if (!keep.has(row as HTMLElement)) row.remove();
    wanted.forEach((row, at) => {
      if (place.children[at] !== row) place.insertBefore(row, place.children[at] ?? null);
    });
  }
}
