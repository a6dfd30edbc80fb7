// A text field with a list of suggestions that open as one types (WAI-ARIA combobox, list autocomplete).

export interface Choice { label: string; note: string; lon?: number; lat?: number }

export interface ComboOptions {
  url: string;
  words: { list: string; count: string; none: string; failed: string };
  choose: (choice: Choice) => void;
  /** The first suggestion is taken by Enter or Tab without an arrow key. */
  first?: boolean;
}

const DELAY_MS = 80;
let made = 0;

export class Combobox {
  private list = document.createElement("ul");
  private status = document.createElement("span");
  private choices: Choice[] = [];
  private active = -1;
  private timer = 0;
  private asked?: AbortController;

  constructor(private input: HTMLInputElement, private options: ComboOptions) {
    this.list.id = `combo-${(made += 1)}`;
    this.list.className = "combo-list";
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", options.words.list);
    this.list.hidden = true;
    this.status.className = "visually-hidden";
    this.status.setAttribute("role", "status");
    input.parentElement!.append(this.list, this.status);
    const roles = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.list.id };
    for (const [name, value] of Object.entries(roles)) input.setAttribute(name, value);
    input.addEventListener("input", () => this.soon());
    input.addEventListener("keydown", (event) => this.key(event));
    input.addEventListener("blur", () => this.close());
    this.list.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
    this.list.addEventListener("click", (event) => {
      const item = (event.target as HTMLElement).closest("li");
      if (item) this.take([...this.list.children].indexOf(item));
    });
  }

  private soon(): void {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.search(), DELAY_MS);
  }

  private async search(): Promise<void> {
    this.asked?.abort();
    const words = this.input.value.trim();
    if (!words) return this.close();
    this.asked = new AbortController();
    try {
      const answer = await fetch(`${this.options.url}?q=${encodeURIComponent(words)}`, { credentials: "same-origin", signal: this.asked.signal });
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      this.show(((await answer.json()) as { options: Choice[] }).options);
    } catch (error) {
      if ((error as Error).name === "AbortError") return;
      this.close();
      this.status.textContent = this.options.words.failed;
    }
  }

  private show(choices: Choice[]): void {
    if (document.activeElement !== this.input) return;
    this.choices = choices;
    this.list.replaceChildren(...choices.map((choice, place) => this.item(choice, place)));
    this.list.hidden = choices.length === 0;
    this.input.setAttribute("aria-expanded", String(choices.length > 0));
    this.status.textContent = choices.length ? `${this.options.words.count} ${choices.length}` : this.options.words.none;
    this.mark(this.options.first && choices.length ? 0 : -1);
  }

  private item(choice: Choice, place: number): HTMLLIElement {
    const item = document.createElement("li");
    item.id = `${this.list.id}-${place}`;
    item.setAttribute("role", "option");
    const name = document.createElement("span");
    name.textContent = choice.label;
    const note = document.createElement("small");
    note.textContent = choice.note;
    item.append(name, note);
    return item;
  }

  private mark(place: number): void {
    this.active = place;
    [...this.list.children].forEach((item, at) => item.setAttribute("aria-selected", String(at === place)));
    if (place < 0) this.input.removeAttribute("aria-activedescendant");
    else {
      this.input.setAttribute("aria-activedescendant", `${this.list.id}-${place}`);
      this.list.children[place].scrollIntoView({ block: "nearest" });
    }
  }

  private close(): void {
    window.clearTimeout(this.timer);
    this.asked?.abort();
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.mark(-1);
  }

  private take(place: number): void {
    const choice = this.choices[place];
    this.close();
    if (choice) this.options.choose(choice);
  }

  private key(event: KeyboardEvent): void {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const open = !this.list.hidden;
    const count = this.choices.length;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!open) return void this.search();
      const step = event.key === "ArrowDown" ? 1 : -1;
      this.mark((this.active + step + (this.active < 0 && step < 0 ? 1 : 0) + count) % count);
    } else if (event.key === "Escape" && open) {
      event.preventDefault();
      event.stopPropagation();
      this.close();
    } else if (event.key === "Enter" && open && this.active >= 0) {
      event.preventDefault();
      this.take(this.active);
    } else if (event.key === "Tab" && open && this.active >= 0 && this.options.first) {
      this.take(this.active);
    }
  }
}
