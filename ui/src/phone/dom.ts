// Elements and words.

const words: Record<string, string> = JSON.parse(document.getElementById("phone-words")?.textContent ?? "{}") as Record<string, string>;

/** A word of the page in its language; %(name)s is filled in. */
export function t(key: string, given: Record<string, string | number> = {}): string {
  return (words[key] ?? key).replace(/%\((\w+)\)s/g, (_all, name: string) => String(given[name] ?? ""));
}

type Child = Node | string | null | false | undefined;
type Given = Record<string, string | boolean | ((event: Event) => void)>;

/** Make an element; `on…` of the attributes are listeners, true and false set or leave out. */
export function h(tag: string, given: Given = {}, ...children: Child[]): HTMLElement {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (typeof value === "function") made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false) made.setAttribute(name, value);
  }
  made.append(...children.filter((child): child is Node | string => child !== null && child !== false && child !== undefined));
  return made;
}

export function button(text: string, style: string, act: (event: Event) => void, more: Given = {}): HTMLElement {
  return h("button", { type: "button", class: `btn ${style}`, onclick: act, ...more }, text);
}

let zone: string | undefined;

/** Show times in the county's zone. */
export function useZone(name: string): void {
  zone = name;
}

export function clock(iso: string): string {
  const options: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  try {
    return new Intl.DateTimeFormat("en-GB", { ...options, timeZone: zone }).format(new Date(iso));
  } catch {
    return new Intl.DateTimeFormat("en-GB", options).format(new Date(iso));
  }
}

export function minutes(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** Link that opens the phone's own map at a place. */
export function mapLink(lat: number, lon: number, text: string, style = ""): HTMLElement {
  const at = `${lat.toFixed(6)},${lon.toFixed(6)}`;
  return h("a", { href: `geo:${at}?q=${at}`, class: style }, text);
}

/** Ask; the answer is whether the first button was pressed. */
export function ask(title: string, text: string, yes: string, style = "btn-primary"): Promise<boolean> {
  return new Promise((answer) => {
    const box = h("dialog", { class: "sheet-dialog", "aria-label": title },
      h("h2", {}, title), h("p", {}, text),
      button(yes, style, () => end(true)), button(t("cancel"), "btn-outline-secondary", () => end(false))) as HTMLDialogElement;
    const end = (said: boolean) => { box.close(); box.remove(); answer(said); };
    box.addEventListener("cancel", (event) => { event.preventDefault(); end(false); });
    document.body.append(box);
    box.showModal();
  });
}
