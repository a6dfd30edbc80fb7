// The table of a shift's posts, with buttons to move cars, pin and forbid; the same on the map.
import type { Edits } from "./edits";

export interface Shown { cars: number; share: string }

export interface PostWords { pin: string; pinned: string; forbid: string; forbidden: string; more: string; less: string }

/** Draw the rows of a shift: posts with cars first, then those that are pinned or forbidden without one. */
export function drawPosts(
  body: HTMLElement, shift: string, posts: Record<string, Shown>, edits: Edits, words: PostWords, editable: boolean,
): void {
  const focus = (document.activeElement as HTMLElement | null)?.dataset?.action;
  const extra = ["", shift].flatMap((key) => [...(edits.ask.pins?.[key] ?? []), ...(edits.ask.forbidden?.[key] ?? [])]);
  const codes = [...Object.keys(posts), ...extra.filter((code) => !(code in posts))];
  codes.sort((a, b) => edits.name(a).localeCompare(edits.name(b)));
  const now = Object.fromEntries(Object.entries(posts).map(([code, { cars }]) => [code, cars]));
  body.replaceChildren(...[...new Set(codes)].map((code) => row(shift, code, posts[code], now, edits, words, editable)));
  if (focus) body.querySelector<HTMLElement>(`[data-action="${CSS.escape(focus)}"]`)?.focus();
}

function row(
  shift: string, code: string, shown: Shown | undefined, now: Record<string, number>, edits: Edits, words: PostWords,
  editable: boolean,
): HTMLElement {
  const line = document.createElement("tr");
  line.dataset.post = code;
  const name = document.createElement("th");
  name.scope = "row";
  name.className = "fw-normal";
  name.textContent = edits.name(code);
  line.append(name, cell(String(shown?.cars ?? 0)), cell(shown?.share ?? "–"));
  if (!editable) return line;
  const cars = shown?.cars ?? 0;
  const tools = document.createElement("td");
  tools.className = "studio-tools";
  const pinned = edits.listed("pins", shift, code), forbidden = edits.listed("forbidden", shift, code);
  tools.append(
    button(`less ${code}`, "−", words.less.replace("{post}", edits.name(code)), cars === 0, () => edits.setPost(shift, code, cars - 1, now)),
    button(`more ${code}`, "+", words.more.replace("{post}", edits.name(code)), false, () => edits.setPost(shift, code, cars + 1, now)),
    toggle(`pin ${code}`, pinned ? words.pinned : words.pin, edits.name(code), pinned, () => edits.toggle("pins", shift, code)),
    toggle(`forbid ${code}`, forbidden ? words.forbidden : words.forbid, edits.name(code), forbidden, () => edits.toggle("forbidden", shift, code)),
  );
  line.append(tools);
  return line;
}

function cell(text: string): HTMLElement {
  const made = document.createElement("td");
  made.className = "num";
  made.textContent = text;
  return made;
}

function button(action: string, text: string, label: string, disabled: boolean, act: () => void): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "btn btn-sm btn-outline-secondary";
  made.dataset.action = action;
  made.textContent = text;
  made.setAttribute("aria-label", label);
  made.disabled = disabled;
  made.addEventListener("click", act);
  return made;
}

function toggle(action: string, text: string, post: string, on: boolean, act: () => void): HTMLButtonElement {
  const made = button(action, text, `${text}: ${post}`, false, act);
  made.setAttribute("aria-pressed", String(on));
  if (on) made.classList.replace("btn-outline-secondary", "btn-secondary");
  return made;
}
