// Completion on the command line: commands, numbers, call signs, outcomes and statuses, as a combobox; and its history.

interface Choice { word: string; label: string; spoken?: string[] }
interface Words {
  commands: Choice[];
  aliases: Record<string, string>;
  follows: Record<string, string[]>;
  status: Choice[];
  outcome: Choice[];
}

const MOST = 8;
const text = (row: Element, name: string): string => row.querySelector(name)?.textContent?.trim() ?? "";

function incidents(): Choice[] {
  return [...document.querySelectorAll("#queue .queue-row")].map((row) => ({
    word: text(row, ".queue-number"),
    label: `${text(row, ".queue-number")} ${text(row, ".queue-type")} · ${text(row, ".queue-address")}`,
    spoken: [text(row, ".queue-type"), text(row, ".queue-address")],
  }));
}

function units(): Choice[] {
  return [...document.querySelectorAll("#units .unit-row")].map((row) => ({
    word: text(row, ".unit-sign"), label: `${text(row, ".unit-sign")} ${text(row, ".unit-state")}`,
  }));
}

/** A single Latin letter is in nearly every word: it must begin one; a Chinese character may stand anywhere. */
const speaks = (said: string, sought: string): boolean =>
  said.startsWith(sought) || ((sought.length > 1 || sought > "\u007f") && said.includes(sought));

/** Those whose word begins with what was typed come first, then those that are spoken so or hold it in their text. */
function matching(choices: Choice[], typed: string): Choice[] {
  const sought = typed.toLowerCase();
  const begins = choices.filter((choice) => choice.word.toLowerCase().startsWith(sought));
  const spoken = sought === "" ? [] : choices.filter((choice) => !begins.includes(choice)
    && choice.spoken?.some((said) => speaks(said.toLowerCase(), sought)));
  return [...begins, ...spoken].slice(0, MOST);
}

export class Completion {
  private words = JSON.parse(document.getElementById("board-words")!.textContent!) as Words;
  private active = -1;
  private choices: Choice[] = [];
  private past: string[] = [];
  private at = 0;

  constructor(private line: HTMLInputElement, private list: HTMLElement) {
    line.addEventListener("input", () => this.offer());
    line.addEventListener("blur", () => this.close());
    line.addEventListener("keydown", (event) => this.key(event));
    list.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      const option = (event.target as HTMLElement).closest<HTMLElement>("[role=option]");
      if (option) this.take(Number(option.dataset.at));
    });
  }

  /** Remember a line for ArrowUp, as long as this page is open. */
  remember(said: string): void {
    if (this.past[this.past.length - 1] !== said) this.past.push(said);
    this.past = this.past.slice(-100);
    this.at = this.past.length;
  }

  get open(): boolean {
    return this.choices.length > 0;
  }

  close(): void {
    this.choices = [];
    this.draw();
  }

  private offer(): void {
    const before = this.line.value.slice(0, this.line.selectionStart ?? this.line.value.length);
    const said = before.split(/\s+/);
    const typed = said.pop() ?? "";
    this.choices = before.trim() === "" ? [] : matching(this.wanted(said), typed)
      .filter((choice) => choice.word.toLowerCase() !== typed.toLowerCase());
    this.active = -1;
    this.draw();
  }

  private wanted(said: string[]): Choice[] {
    if (said.length === 0) return this.words.commands;
    const command = this.words.aliases[said[0]] ?? said[0].toLowerCase();
    const follows = this.words.follows[command];
    if (!follows) return said.length === 1 ? [...incidents(), ...units()] : [];
    const last = follows[follows.length - 1];
    const kind = follows[said.length - 1] ?? (last === "units" ? "units" : "");
    if (kind === "incident") return incidents();
    if (kind === "unit" || kind === "units") return units().filter((unit) => !said.includes(unit.word));
    if (kind === "status") return this.words.status;
    if (kind === "outcome") return this.words.outcome;
    if (kind === "priority") return ["1", "2", "3", "4"].map((word) => ({ word, label: word }));
    return [];
  }

  private take(at: number): void {
    const cut = this.line.selectionStart ?? this.line.value.length;
    const [before, after] = [this.line.value.slice(0, cut), this.line.value.slice(cut)];
    this.line.value = `${before.replace(/\S*$/, "")}${this.choices[at].word} ${after.trimStart()}`;
    this.line.dispatchEvent(new Event("input"));
  }

  private key(event: KeyboardEvent): void {
    if (event.isComposing) return;
    const taken = this.answer(event.key);
    if (!taken) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  /** Do what a key means here; whether it meant anything. */
  private answer(key: string): boolean {
    if (key === "ArrowDown" && this.open) return this.step(1);
    if (key === "ArrowUp" && this.open && this.active >= 0) return this.step(-1);
    if (key === "ArrowUp" || key === "ArrowDown") return this.recall(key === "ArrowUp" ? -1 : 1);
    if (key === "Escape" && this.open) { this.close(); return true; }
    if ((key === "Enter" && this.active >= 0) || (key === "Tab" && this.open)) {
      this.take(Math.max(0, this.active));
      return true;
    }
    return false;
  }

  private step(by: number): boolean {
    this.active = Math.min(this.choices.length - 1, this.active + by);
    this.draw();
    return true;
  }

  private recall(by: number): boolean {
    if (this.past.length === 0) return false;
    this.at = Math.min(this.past.length, Math.max(0, this.at + by));
    this.line.value = this.past[this.at] ?? "";
    this.close();
    return true;
  }

  private draw(): void {
    this.list.replaceChildren(...this.choices.map((choice, at) => {
      const option = document.createElement("li");
      option.id = `line-option-${at}`;
      option.role = "option";
      option.dataset.at = String(at);
      option.ariaSelected = String(at === this.active);
      option.textContent = choice.label === choice.word ? choice.word
        : choice.label.startsWith(choice.word) ? choice.label : `${choice.word} · ${choice.label}`;
      return option;
    }));
    this.list.hidden = !this.open;
    this.line.setAttribute("aria-expanded", String(this.open));
    if (this.active >= 0) this.line.setAttribute("aria-activedescendant", `line-option-${this.active}`);
    else this.line.removeAttribute("aria-activedescendant");
  }
}
