// The board as one has arranged it: columns by drag and by keyboard, the queue's fields and order; kept on the server.
import { postForm } from "./http";

export interface Column { name: string; width: number; shown: boolean }
export interface Arrangement { columns: Column[]; fields: string[]; sort: string }

interface Answer { arrangement?: Arrangement; error?: string }

/** What a column needs at least, in rem. */
const LEAST: Record<string, number> = { queue: 15, card: 20, units: 15.5, map: 14 };
const STEP = 0.1;
const [NARROWEST, WIDEST] = [0.4, 4];
const section = (name: string): HTMLElement => document.querySelector<HTMLElement>(`[data-column="${name}"]`)!;
const clamp = (width: number): number => Math.round(Math.min(WIDEST, Math.max(NARROWEST, width)) * 100) / 100;

/** How the queue's rows are put in order; the server's own order is by urgency. */
export const SORTS: Record<string, ((a: HTMLElement, b: HTMLElement) => number) | undefined> = {
  urgency: undefined,
  waiting: (a, b) => a.dataset.since!.localeCompare(b.dataset.since!),
  newest: (a, b) => Number(b.dataset.incident) - Number(a.dataset.incident),
  unsent: (a, b) => Number(b.classList.contains("waiting")) - Number(a.classList.contains("waiting")),
};

export class Arranger {
  now: Arrangement;
  private saving: number | undefined;

  constructor(private board: HTMLElement, private dialog: HTMLDialogElement, private applied: (now: Arrangement) => void) {
    this.now = JSON.parse(document.getElementById("arrangement")!.textContent!) as Arrangement;
    this.apply();
    for (const column of this.now.columns) this.makeDraggable(section(column.name), column.name);
    dialog.addEventListener("click", (event) => this.clicked(event));
    dialog.addEventListener("input", (event) => this.changed(event));
    window.addEventListener("resize", () => this.apply());
  }

  private column(name: string): Column {
    return this.now.columns.find((column) => column.name === name)!;
  }

  /** Show or hide a column for as long as this page is open. */
  toggle(name: string): boolean {
    const column = this.column(name);
    column.shown = !column.shown;
    this.apply();
    return column.shown;
  }

  shown(name: string): boolean {
    return this.column(name).shown;
  }

  private apply(): void {
    const place = this.board.querySelector<HTMLElement>(".board-columns")!;
    const visible = this.now.columns.filter((column) => column.shown);
    this.now.columns.forEach((column, at) => {
      const element = section(column.name);
      element.hidden = !column.shown;
      element.style.order = String(at);
      const handle = element.querySelector<HTMLElement>(".column-handle")!;
      handle.hidden = column === visible[visible.length - 1];
      handle.setAttribute("aria-valuenow", String(Math.round(column.width * 100)));
    });
    place.style.setProperty("--columns", visible.map((column) => `minmax(${LEAST[column.name] ?? 12}rem, ${column.width}fr)`).join(" "));
    const queue = document.getElementById("queue")!;
    for (const box of this.dialog.querySelectorAll<HTMLInputElement>("[name=field]")) {
      queue.classList.toggle(`without-${box.value}`, !this.now.fields.includes(box.value));
      box.checked = this.now.fields.includes(box.value);
    }
    this.dialog.querySelector<HTMLSelectElement>("[name=sort]")!.value = this.now.sort;
    this.list();
    this.applied(this.now);
  }

  /** The dialog's list of columns, in their order. */
  private list(): void {
    const list = this.dialog.querySelector<HTMLElement>(".column-list")!;
    this.now.columns.forEach((column, at) => {
      const item = list.querySelector<HTMLElement>(`[data-name="${column.name}"]`)!;
      item.style.order = String(at);
      item.querySelector<HTMLInputElement>("[name=shown]")!.checked = column.shown;
      item.querySelector<HTMLInputElement>("[name=width]")!.value = String(column.width);
      item.querySelector<HTMLButtonElement>("[data-move='-1']")!.disabled = at === 0;
      item.querySelector<HTMLButtonElement>("[data-move='1']")!.disabled = at === this.now.columns.length - 1;
    });
  }

  private clicked(event: Event): void {
    const button = (event.target as HTMLElement).closest<HTMLButtonElement>("button");
    if (button?.dataset.move) this.move(button.closest<HTMLElement>("[data-name]")!.dataset.name!, Number(button.dataset.move));
    if (button?.hasAttribute("data-default")) void this.send({ default: "1" });
  }

  private changed(event: Event): void {
    const field = event.target as HTMLInputElement;
    const name = field.closest<HTMLElement>("[data-name]")?.dataset.name;
    if (name && field.name === "shown") this.column(name).shown = field.checked;
    if (name && field.name === "width") this.column(name).width = clamp(Number(field.value));
    if (field.name === "field") this.now.fields = [...this.dialog.querySelectorAll<HTMLInputElement>("[name=field]:checked")].map((box) => box.value);
    if (field.name === "sort") this.now.sort = field.value;
    if (!["shown", "width", "field", "sort"].includes(field.name)) return;
    this.apply();
    this.keep();
  }

  private move(name: string, step: number): void {
    const at = this.now.columns.findIndex((column) => column.name === name);
    const [column] = this.now.columns.splice(at, 1);
    this.now.columns.splice(Math.max(0, at + step), 0, column);
    this.apply();
    this.keep();
  }

  /** Keep it on the server once one has stopped changing it. */
  private keep(): void {
    window.clearTimeout(this.saving);
    this.saving = window.setTimeout(() => void this.send({ arrangement: JSON.stringify(this.now) }), 700);
  }

  private async send(fields: Record<string, string>): Promise<void> {
    const place = this.dialog.querySelector<HTMLElement>(".arrange-answer")!;
    try {
      const answer = await postForm<Answer>(this.board.dataset.arrange!, fields);
      place.textContent = answer.error ?? this.dialog.dataset.kept!;
      if (answer.arrangement && fields.default) { this.now = answer.arrangement; this.apply(); }
    } catch {
      place.textContent = this.board.dataset.offline!;
    }
  }

  private makeDraggable(element: HTMLElement, name: string): void {
    const handle = element.querySelector<HTMLElement>(".column-handle")!;
    handle.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -STEP, ArrowRight: STEP }[event.key];
      if (!step) return;
      event.preventDefault();
      this.widen(name, this.column(name).width + step);
    });
    handle.addEventListener("pointerdown", (event) => {
      handle.setPointerCapture(event.pointerId);
      const [from, width, pixels] = [event.clientX, this.column(name).width, element.offsetWidth];
      handle.onpointermove = (moved) => this.widen(name, width * (1 + (moved.clientX - from) / pixels));
      handle.onpointerup = handle.onpointercancel = () => { handle.onpointermove = null; };
    });
    const title = element.querySelector<HTMLElement>("h2")!;
    title.draggable = true;
    title.addEventListener("dragstart", (event) => event.dataTransfer?.setData("text/x-column", name));
    element.addEventListener("dragover", (event) => {
      if (event.dataTransfer?.types.includes("text/x-column")) event.preventDefault();
    });
    element.addEventListener("drop", (event) => {
      const dragged = event.dataTransfer?.getData("text/x-column");
      if (!dragged || dragged === name) return;
      event.preventDefault();
      const places = this.now.columns.map((column) => column.name);
      this.move(dragged, places.indexOf(name) - places.indexOf(dragged));
    });
  }

  private widen(name: string, width: number): void {
    this.column(name).width = clamp(width);
    this.apply();
    this.keep();
  }
}
