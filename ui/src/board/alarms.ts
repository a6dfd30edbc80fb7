// What asks for attention: read off the queue's rows, so that none is lost by a cut line; shown, counted in the title,
// sounded, and repeated for the most urgent until somebody here has seen it or a unit is sent.
import { Sounds, ofPriority } from "./sounds";
import type { Kind } from "./sounds";

const REPEAT_MS = 6_000;
const SEEN = "board-seen";

interface Alarm { id: string; kind: Kind; row: HTMLElement }

// A call of priority 1 keeps its own sound when it is late: that one is repeated.
const late = (row: HTMLElement): boolean => row.hasAttribute("data-late") && row.dataset.priority !== "1";
const kindOf = (row: HTMLElement): Kind =>
  row.hasAttribute("data-emergency") ? "emergency"
    : row.hasAttribute("data-overdue") || late(row) ? "overdue"
      : ofPriority(row.dataset.priority);
// The most urgent first: it gives the strip its colour and is named first.
const ASKING: Kind[] = ["emergency", "first", "overdue"];
const rank = (kind: Kind): number => ASKING.indexOf(kind);
const lasts = (kind: Kind): boolean => kind === "emergency" || kind === "first";

export class Alarms {
  private seen = new Set<string>();
  private known: Set<string> | null = null;
  private open: Alarm[] = [];
  private title = document.title;
  readonly sounds: Sounds;

  constructor(private board: HTMLElement, private strip: HTMLElement) {
    try {
      this.seen = new Set(JSON.parse(localStorage.getItem(SEEN) ?? "[]") as string[]);
    } catch { /* storage refused: nothing seen yet */ }
    this.sounds = new Sounds(() => this.show());
    strip.addEventListener("click", (event) => {
      if ((event.target as HTMLElement).closest("[data-seen]")) this.acknowledge();
    });
    setInterval(() => this.repeat(), REPEAT_MS);
  }

  /** Look at the rows anew: what is new sounds once; what lasts is shown until it is seen or a unit is sent. */
  look(): void {
    const rows = [...document.querySelectorAll<HTMLElement>("#queue .queue-row")];
    const now = new Map(rows.map((row) => [this.name(row), row]));
    const fresh = [...now].filter(([name]) => this.known !== null && !this.known.has(name)).map(([, row]) => kindOf(row));
    this.known = new Set(now.keys());
    this.open = [...now].filter(([name, row]) => this.asks(row) && !this.seen.has(name))
      .map(([id, row]) => ({ id, kind: kindOf(row), row })).sort((one, other) => rank(one.kind) - rank(other.kind));
    const loudest = this.sounds.playLoudest(fresh);
    if (loudest) this.notify(loudest);
    document.title = `${this.count()}${this.title}`;
    this.show();
  }

  private name(row: HTMLElement): string {
    return `${row.dataset.incident}:${kindOf(row)}:${row.dataset.since}`;
  }

  private asks(row: HTMLElement): boolean {
    const kind = kindOf(row);
    return ASKING.includes(kind) && (kind !== "first" || row.classList.contains("waiting"));
  }

  private count(): string {
    const waiting = document.querySelectorAll("#queue .queue-row.waiting").length;
    return waiting ? `(${waiting}) ` : "";
  }

  private repeat(): void {
    const lasting = this.open.find((alarm) => lasts(alarm.kind));
    if (lasting) this.sounds.play(lasting.kind);
  }

  /** Somebody here has seen it: silent from now on. */
  acknowledge(): void {
    for (const alarm of this.open) this.seen.add(alarm.id);
    this.seen = new Set([...this.seen].slice(-500));
    try { localStorage.setItem(SEEN, JSON.stringify([...this.seen])); } catch { /* for this page only */ }
    this.look();
  }

  private show(): void {
    this.sounds.show(this.board.dataset);
    this.strip.hidden = this.open.length === 0;
    if (this.open.length === 0) return;
    this.strip.dataset.kind = this.open[0].kind;
    const texts = ASKING.map((kind) => [kind, this.numbers(kind)]).filter(([, numbers]) => numbers)
      .map(([kind, numbers]) => `${this.word(kind)} ${numbers}`);
    const said = this.strip.querySelector<HTMLElement>(".alarm-text")!;
    if (said.textContent !== texts.join(" · ")) said.textContent = texts.join(" · ");
  }

  private word(kind: string): string {
    return this.board.dataset[`alarm${kind[0].toUpperCase()}${kind.slice(1)}`] ?? "";
  }

  private numbers(kind: Kind): string {
    return this.open.filter((alarm) => alarm.kind === kind)
      .map(({ row }) => row.querySelector(".queue-number")?.textContent ?? "").join(", ");
  }

  /** A notification of the desktop, where it was allowed and the page is out of sight; never an address. */
  private notify(kind: Kind): void {
    if (!document.hidden || !lasts(kind) || !("Notification" in window) || Notification.permission !== "granted") return;
    new Notification(this.word(kind), { tag: "anlan-board" });
  }
}
