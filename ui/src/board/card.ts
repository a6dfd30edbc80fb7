// The incident card in the middle: opened, refreshed when its incident changes, never wiped while one types in it.

interface Htmx {
  ajax(verb: string, url: string, options: { target: HTMLElement; swap: string }): Promise<void>;
  trigger(target: string, event: string): void;
}
declare global { interface Window { htmx?: Htmx } }

const holder = (): HTMLElement => document.getElementById("card")!;
const article = (): HTMLElement | null => holder().querySelector("article.incident-card");

export const openIncident = (): string => article()?.dataset.incident ?? "";

export async function openCard(url: string): Promise<void> {
  await window.htmx?.ajax("GET", url, { target: holder(), swap: "innerHTML" });
}

function changed(field: HTMLInputElement | HTMLTextAreaElement): boolean {
  const ticked = field instanceof HTMLInputElement && field.type === "checkbox";
  return ticked ? field.checked !== field.defaultChecked : field.value !== field.defaultValue;
}

function beingEdited(card: HTMLElement): boolean {
  const fields = card.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>("input:not([type=hidden]), textarea");
  return [...fields].some(changed);
}

/** Show the card anew; where there is unsaved input, offer it instead. */
export function refreshCard(board: HTMLElement): void {
  const card = article();
  if (!card) return;
  const open = card.querySelector("details[open].call-off") !== null;
  if (!beingEdited(card) && !open) { void openCard(card.dataset.url!); return; }
  if (card.querySelector(".card-changed")) return;
  const notice = document.createElement("p");
  notice.className = "alert alert-info py-2 card-changed";
  notice.textContent = `${board.dataset.changed} `;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-sm btn-outline-secondary";
  button.textContent = board.dataset.show!;
  button.addEventListener("click", () => void openCard(card.dataset.url!));
  notice.append(button);
  card.prepend(notice);
}

/** Press the card's dispatch button if it has suggested units. */
export function dispatchSuggested(): void {
  article()?.querySelector<HTMLButtonElement>("button[data-dispatch]:not([data-none])")?.click();
}

/** Send the first move-up that the card suggests. */
export function orderMoveUp(): void {
  article()?.querySelector<HTMLButtonElement>("button[data-move-up]")?.click();
}
