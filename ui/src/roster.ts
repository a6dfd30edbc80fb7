// A roster changed by hand: cells set by letter, listed, checked by the server, kept or searched around.
import "./roster.css";
import { csrfToken } from "./board/http";

interface Shift { code: string; letter: string; tint: number; name: string }
interface Change { cell: HTMLTableCellElement; member: string; day: string; shift: string }
interface Answer { html?: string; error?: string; cover?: [number, string, string, number, number][] }
interface Before { text: string; style: string; shift: string; title: string }

const OFF_KEYS = ["Delete", "Backspace", "-", "."];
const MOVES: Record<string, [number, number]> = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
const put = (text: string, values: Record<string, string>): string =>
  Object.entries(values).reduce((told, [name, value]) => told.replace(`{${name}}`, value), text);

class Editor {
  private readonly rows: HTMLTableCellElement[][];
  private readonly before = new Map<HTMLTableCellElement, Before>();
  private readonly changes = new Map<HTMLTableCellElement, Change>();
  private readonly words: Record<string, string>;
  private chosen: HTMLTableCellElement;
  private asked = 0;

  constructor(private readonly box: HTMLElement, private readonly table: HTMLTableElement, private readonly shifts: Shift[]) {
    this.words = box.dataset as Record<string, string>;
    this.rows = [...table.querySelectorAll<HTMLTableRowElement>("tr[data-member]")].map((row) => [...row.querySelectorAll<HTMLTableCellElement>("td[data-day]")]);
    for (const cell of this.rows.flat()) this.before.set(cell, { text: cell.textContent ?? "", style: cell.className, shift: this.shiftOf(cell), title: cell.title });
    this.chosen = this.rows[0][0];
    this.open();
  }

  /** The shift whose tint a cell bears. */
  private shiftOf(cell: HTMLElement): string {
    const letter = (cell.textContent ?? "").trim().charAt(0);
    return this.shifts.find((one) => one.letter === letter)?.code ?? "";
  }

  private open(): void {
    this.table.setAttribute("role", "grid");
    for (const cell of this.rows.flat()) cell.tabIndex = -1;
    this.chosen.tabIndex = 0;
    this.table.addEventListener("keydown", (event) => this.pressed(event));
    this.table.addEventListener("click", (event) => {
      const cell = (event.target as HTMLElement).closest<HTMLTableCellElement>("td[data-day]");
      if (cell) this.choose(cell);
    });
    this.table.addEventListener("focusin", (event) => {
      const cell = (event.target as HTMLElement).closest<HTMLTableCellElement>("td[data-day]");
      if (cell) this.mark(cell);
    });
    for (const part of this.box.querySelectorAll<HTMLElement>(".roster-scripted")) part.hidden = false;
    for (const part of this.box.querySelectorAll<HTMLElement>(".roster-plain")) part.hidden = true;
    this.buttons();
    document.getElementById("roster-check")!.addEventListener("click", () => void this.check());
    const form = document.getElementById("roster-form") as HTMLFormElement;
    form.addEventListener("submit", () => { this.leaving = true; });
    window.addEventListener("beforeunload", (event) => { if (this.changes.size && !this.leaving) event.preventDefault(); });
    this.drawn();
  }

  private leaving = false;

  private buttons(): void {
    const set = this.box.querySelector<HTMLElement>(".roster-set")!;
    for (const { code, letter, name, tint } of [...this.shifts, { code: "", letter: "·", name: this.words.off, tint: 0 }]) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn btn-sm btn-outline-secondary";
      button.innerHTML = `<span class="duty ${tint ? `duty-${tint}` : "duty-off"}" aria-hidden="true"></span> <span></span>`;
      button.firstElementChild!.textContent = letter;
      button.lastElementChild!.textContent = name;
      button.addEventListener("click", () => this.set(this.chosen, code));
      set.append(button);
    }
  }

  private mark(cell: HTMLTableCellElement): void {
    this.chosen.tabIndex = -1;
    this.chosen.removeAttribute("aria-selected");
    this.chosen = cell;
    cell.tabIndex = 0;
    cell.setAttribute("aria-selected", "true");
  }

  private choose(cell: HTMLTableCellElement): void {
    this.mark(cell);
    cell.focus();
  }

  private pressed(event: KeyboardEvent): void {
    const cell = (event.target as HTMLElement).closest<HTMLTableCellElement>("td[data-day]");
    if (!cell) return;
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z") this.undo();
    else if (event.ctrlKey || event.metaKey || event.altKey) return;
    else if (event.key in MOVES) this.move(cell, ...MOVES[event.key]);
    else if (event.key === "Home") this.choose(this.rowOf(cell)[0]);
    else if (event.key === "End") this.choose(this.rowOf(cell).at(-1)!);
    else if (OFF_KEYS.includes(event.key)) this.set(cell, "");
    else {
      const shift = this.shifts.find(({ letter }) => letter === event.key.toUpperCase());
      if (!shift) return;
      this.set(cell, shift.code);
    }
    event.preventDefault();
  }

  private rowOf(cell: HTMLTableCellElement): HTMLTableCellElement[] {
    return this.rows.find((row) => row.includes(cell))!;
  }

  private move(cell: HTMLTableCellElement, down: number, right: number): void {
    const row = this.rows.findIndex((one) => one.includes(cell));
    const at = this.rows[row].indexOf(cell);
    const next = this.rows[row + down]?.[at + right];
    if (next) this.choose(next);
  }

  private set(cell: HTMLTableCellElement, code: string): void {
    const was = this.before.get(cell)!;
    this.changes.delete(cell);
    if (code === was.shift) {
      cell.textContent = was.text;
      cell.className = was.style;
      cell.title = was.title;
    } else {
      const shift = this.shifts.find((one) => one.code === code);
      cell.textContent = shift?.letter ?? "·";
      cell.className = `${shift ? `duty-${shift.tint}` : "duty-off"} duty-changed`;
      cell.removeAttribute("title");
      const member = cell.closest("tr")!.dataset.member!;
      this.changes.set(cell, { cell, member, day: cell.dataset.day!, shift: code });
    }
    this.drawn();
  }

  private undo(): void {
    const last = [...this.changes.keys()].at(-1);
    if (!last) return;
    this.set(last, this.before.get(last)!.shift);
    this.choose(last);
  }

  private cells(): string {
    return JSON.stringify([...this.changes.values()].map(({ member, day, shift }) => ({ member, day: Number(day), shift })));
  }

  private named(code: string): string {
    return this.shifts.find((one) => one.code === code)?.name ?? this.words.off;
  }

  private told({ cell, shift }: Change): string {
    const member = cell.closest("tr")!.querySelector("th")!.textContent!.trim();
    const head = this.table.tHead!.rows[0].cells[cell.cellIndex].querySelector("abbr")!.title;
    return put(this.words.change, { member, day: head, from: this.named(this.before.get(cell)!.shift), to: this.named(shift) });
  }

  private drawn(): void {
    (document.querySelector("#roster-form [name=cells]") as HTMLInputElement).value = this.changes.size ? this.cells() : "";
    const keep = document.querySelector<HTMLButtonElement>("#roster-form [value=keep]")!;
    keep.disabled = !this.changes.size;
    (document.getElementById("roster-check") as HTMLButtonElement).disabled = !this.changes.size;
    const list = document.getElementById("roster-changes")!;
    list.replaceChildren(...[...this.changes.values()].map((change) => this.entry(change)));
    if (!this.changes.size) { list.append(Object.assign(document.createElement("li"), { textContent: this.words.none })); document.getElementById("roster-checked")!.replaceChildren(); }
  }

  private entry(change: Change): HTMLLIElement {
    const item = document.createElement("li");
    const text = this.told(change);
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-sm btn-outline-secondary";
    button.textContent = this.words.undo;
    button.setAttribute("aria-label", `${this.words.undo}: ${text}`);
    button.addEventListener("click", () => { this.set(change.cell, this.before.get(change.cell)!.shift); this.chosen.focus(); });
    item.append(text, " ", button);
    return item;
  }

  private async check(): Promise<void> {
    const number = ++this.asked;
    const out = document.getElementById("roster-checked")!;
    out.textContent = this.words.checking;
    let answer: Answer;
    try {
      const got = await fetch(this.words.check, {
        method: "POST", body: this.cells(),
        headers: { "X-CSRFToken": csrfToken(), "Content-Type": "application/json", Accept: "application/json" },
      });
      answer = (await got.json()) as Answer;
    } catch {
      answer = { error: this.words.failed };
    }
    if (number !== this.asked) return;
    if (answer.html === undefined) { out.textContent = answer.error ?? this.words.failed; return; }
    out.innerHTML = answer.html;
    for (const [day, shift, skill, there, needed] of answer.cover ?? []) this.cover(day, shift, skill, there, needed);
  }

  private cover(day: number, shift: string, skill: string, there: number, needed: number): void {
    const row = [...this.table.querySelectorAll<HTMLTableRowElement>("tr[data-cover]")].find((one) => one.dataset.cover === shift && one.dataset.skill === skill);
    const cell = row?.cells[day + 1];
    if (!cell) return;
    cell.classList.toggle("lacking", there < needed);
    cell.firstChild!.textContent = String(there);
  }
}

const box = document.getElementById("roster-edit");
const table = document.getElementById("roster-grid") as HTMLTableElement | null;
const data = document.getElementById("roster-shifts")?.textContent;
if (box && table && data && table.querySelector("td[data-day]")) new Editor(box, table, JSON.parse(data) as Shift[]);
