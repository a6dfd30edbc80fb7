// Which incident of the queue is selected: by its id, so that it survives a refresh.

let selected = "";

const rows = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>("#queue .queue-row")];

export function mark(): void {
  for (const row of rows()) {
    const on = row.dataset.incident === selected;
    row.classList.toggle("selected", on);
    if (on) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
  }
}

export function select(id: string): void {
  selected = id;
  mark();
}

export function move(step: number): void {
  const all = rows();
  if (!all.length) return;
  const at = all.findIndex((row) => row.dataset.incident === selected);
  const next = at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + step));
  select(all[next].dataset.incident!);
  all[next].querySelector("a")?.focus({ preventScroll: true });
  all[next].scrollIntoView({ block: "nearest" });
}

export const selectedCard = (): string | undefined =>
  document.querySelector<HTMLElement>("#queue .queue-row.selected a")?.dataset.card;
