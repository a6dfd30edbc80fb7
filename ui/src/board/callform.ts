// The call form: search as one types, keys for what cannot wait, one submission only.
import { Combobox } from "./combobox";
import type { Choice } from "./combobox";

export function startCallForm(form: HTMLFormElement): void {
  const field = (name: string) => form.querySelector<HTMLInputElement>(`[name=${name}]`)!;
  for (const combo of form.querySelectorAll<HTMLElement>(".combo")) search(form, combo);
  for (const name of ["lon", "lat"]) field(name).addEventListener("input", () => say(""));
  form.addEventListener("pin", (event) => say((event as CustomEvent<string>).detail));
  form.addEventListener("keydown", (event) => key(form, event));
  sendOnce(form);
  const place = document.getElementById("pin-map")!;
  void import("./pinmap").then(({ openPinMap }) => openPinMap(place)).catch(() => undefined);
}

/** The suggestions of a field: a place sets the pin and nothing else, a type fills its field. */
function search(form: HTMLFormElement, combo: HTMLElement): void {
  const input = combo.querySelector("input")!;
  const { list, count, none, failed } = form.dataset as Record<string, string>;
  const pins = combo.dataset.takes === "pin";
  const pin = (choice: Choice) => {
    form.querySelector<HTMLInputElement>("[name=lon]")!.value = choice.lon!.toFixed(6);
    form.querySelector<HTMLInputElement>("[name=lat]")!.value = choice.lat!.toFixed(6);
    form.dispatchEvent(new CustomEvent("pin", { detail: `${choice.label} · ${choice.note}` }));
  };
  const fill = (choice: Choice) => {
    input.value = choice.label;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  };
  new Combobox(input, { url: combo.dataset.search!, words: { list, count, none, failed }, choose: pins ? pin : fill, first: !pins });
}

/** Say where the pin came from. */
function say(text: string): void {
  document.getElementById("pin-from")!.textContent = text;
}

function key(form: HTMLFormElement, event: KeyboardEvent): void {
  const target = event.target as HTMLElement;
  if (event.defaultPrevented || event.isComposing) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  else if (event.key === "Enter" && target instanceof HTMLInputElement) event.preventDefault(); // no half-filled call
  const button = form.querySelector<HTMLButtonElement>(`button[data-key="${CSS.escape(event.key)}"]`);
  if (!button) return;
  event.preventDefault();
  button.click();
}

function sendOnce(form: HTMLFormElement): void {
  let sent = false;
  form.addEventListener("submit", (event) => {
    if (sent) event.preventDefault();
    sent = true;
  });
  window.addEventListener("pageshow", () => { sent = false; });
}
