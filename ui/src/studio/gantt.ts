// Who is out when: a row a unit, a bar a duty. Bars move by mouse, finger and arrow keys.
export interface Duty {
  id: string;
  row: string; // whose line it stands on
  place: string;
  start: number; // minutes after local midnight of the plan's day
  minutes: number;
  colour: string; // a class name: duty-red …
  moved: boolean;
  quiet: boolean; // not of the shift that is looked at
}

export interface GanttOptions {
  /** Translated: {unit} {from} {to} {place} are put in. */
  words: { bar: string; moved: string };
  step: number;
  editable: boolean;
  onMove: (id: string, start: number, minutes: number) => void;
  onSelect: (id: string) => void;
}

const LONGEST = 2 * 1440;

export const clock = (minutes: number): string => {
  const inDay = ((minutes % 1440) + 1440) % 1440;
  const text = `${String(Math.floor(inDay / 60)).padStart(2, "0")}:${String(inDay % 60).padStart(2, "0")}`;
  return minutes >= 1440 ? `${text}⁺¹` : text;
};

export class Gantt {
  private duties: Duty[] = [];
  private end = 1440;

  constructor(private readonly box: HTMLElement, private readonly options: GanttOptions) {
    box.classList.add("gantt");
    box.addEventListener("keydown", (event) => this.onKey(event));
    box.addEventListener("pointerdown", (event) => this.onDrag(event));
    box.addEventListener("click", (event) => {
      const bar = (event.target as HTMLElement).closest<HTMLElement>(".gantt-bar");
      if (bar?.dataset.id) this.options.onSelect(bar.dataset.id);
    });
  }

  draw(duties: Duty[]): void {
    const focused = (document.activeElement as HTMLElement | null)?.dataset?.id;
    this.duties = duties;
    this.end = Math.max(1440, ...duties.map((duty) => Math.ceil((duty.start + duty.minutes) / 60) * 60));
    const rows = new Map<string, Duty[]>();
    for (const duty of duties) rows.set(duty.row, [...(rows.get(duty.row) ?? []), duty]);
    this.box.replaceChildren(this.head(), ...[...rows].map(([name, bars]) => this.row(name, bars)));
    if (focused) this.bar(focused)?.focus();
  }

  private bar(id: string): HTMLElement | null {
    return this.box.querySelector<HTMLElement>(`.gantt-bar[data-id="${CSS.escape(id)}"]`);
  }

  private head(): HTMLElement {
    const head = document.createElement("div");
    head.className = "gantt-row gantt-head";
    head.setAttribute("aria-hidden", "true");
    const track = document.createElement("div");
    track.className = "gantt-track";
    for (let hour = 0; hour * 60 < this.end; hour += 4) {
      const tick = document.createElement("span");
      tick.className = "gantt-tick";
      tick.style.left = `${(100 * hour * 60) / this.end}%`;
      tick.textContent = clock(hour * 60);
      track.append(tick);
    }
    head.append(document.createElement("span"), track);
    return head;
  }

  private row(title: string, duties: Duty[]): HTMLElement {
    const row = document.createElement("div");
    row.className = "gantt-row";
    const name = document.createElement("span");
    name.className = "gantt-name";
    name.textContent = title;
    const track = document.createElement("div");
    track.className = "gantt-track";
    for (const duty of duties) {
      const bar = document.createElement("button");
      bar.type = "button";
      bar.className = `gantt-bar ${duty.colour}${duty.moved ? " gantt-moved" : ""}${duty.quiet ? " gantt-quiet" : ""}`;
      bar.dataset.id = duty.id;
      track.append(bar);
      this.place(bar, duty);
    }
    row.append(name, track);
    return row;
  }

  private place(bar: HTMLElement, duty: Duty): void {
    bar.style.left = `${(100 * duty.start) / this.end}%`;
    bar.style.width = `${(100 * duty.minutes) / this.end}%`;
    const said = this.options.words.bar
      .replace("{unit}", duty.row).replace("{place}", duty.place).replace("{from}", clock(duty.start)).replace("{to}", clock(duty.start + duty.minutes));
    bar.textContent = `${clock(duty.start)}–${clock(duty.start + duty.minutes)}`;
    bar.setAttribute("aria-label", duty.moved ? `${said}, ${this.options.words.moved}` : said);
  }

  private find(target: EventTarget | null): [HTMLElement, Duty] | null {
    const bar = (target as HTMLElement | null)?.closest<HTMLElement>(".gantt-bar");
    const duty = bar && this.duties.find((one) => one.id === bar.dataset.id);
    return bar && duty ? [bar, duty] : null;
  }

  /** Left and right move by a step, with Shift they change the end; up and down go to the neighbour. */
  private onKey(event: KeyboardEvent): void {
    const found = this.find(event.target);
    if (!found) return;
    const [bar, duty] = found;
    if (event.key === "ArrowUp" || event.key === "ArrowDown") {
      const row = bar.closest(".gantt-row");
      const next = event.key === "ArrowDown" ? row?.nextElementSibling : row?.previousElementSibling;
      next?.querySelector<HTMLElement>(".gantt-bar")?.focus();
      event.preventDefault();
      return;
    }
    if (!this.options.editable || (event.key !== "ArrowLeft" && event.key !== "ArrowRight")) return;
    event.preventDefault();
    const by = event.key === "ArrowLeft" ? -this.options.step : this.options.step;
    if (event.shiftKey) this.change(duty, duty.start, duty.minutes + by);
    else this.change(duty, duty.start + by, duty.minutes);
  }

  private change(duty: Duty, start: number, minutes: number): void {
    const length = Math.min(Math.max(minutes, this.options.step), 1440);
    const begin = Math.min(Math.max(start, 0), 1440 - this.options.step);
    if (begin + length > LONGEST || (begin === duty.start && length === duty.minutes)) return;
    this.options.onMove(duty.id, begin, length);
  }

  private onDrag(event: PointerEvent): void {
    const found = this.find(event.target);
    if (!found || !this.options.editable || event.button !== 0) return;
    const [bar, duty] = found;
    const track = bar.parentElement as HTMLElement;
    const perPixel = this.end / Math.max(track.clientWidth, 1);
    const box = bar.getBoundingClientRect();
    const resizes = event.clientX > box.right - 8;
    let start = duty.start, minutes = duty.minutes;
    const move = (now: PointerEvent) => {
      const by = Math.round(((now.clientX - event.clientX) * perPixel) / this.options.step) * this.options.step;
      start = resizes ? duty.start : Math.min(Math.max(duty.start + by, 0), 1440 - this.options.step);
      minutes = resizes ? Math.min(Math.max(duty.minutes + by, this.options.step), 1440) : duty.minutes;
      this.place(bar, { ...duty, start, minutes });
    };
    const stop = () => {
      bar.removeEventListener("pointermove", move);
      if (start !== duty.start || minutes !== duty.minutes) this.change(duty, start, minutes);
    };
    bar.setPointerCapture(event.pointerId);
    bar.addEventListener("pointermove", move);
    bar.addEventListener("pointerup", stop, { once: true });
    bar.addEventListener("pointercancel", () => { this.draw(this.duties); }, { once: true });
  }
}
