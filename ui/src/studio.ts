// The plan studio: posts of each shift, duties as bars, an edit rehearsed at once, a new version on demand.
import "./studio/studio.css";
import { csrfToken } from "./board/http";
import { Edits } from "./studio/edits";
import type { Studio } from "./studio/edits";
import { Gantt, clock } from "./studio/gantt";
import type { Duty } from "./studio/gantt";
import { PostMap } from "./studio/map";
import { drawPosts } from "./studio/posts";
import type { Shown } from "./studio/posts";

interface Figure { text: string; better: boolean | null }
interface Answer {
  error?: string;
  shifts: { code: string; cars: number; posts: Record<string, Shown>; figures: Record<string, Figure> }[];
  out: { unit: string; shift: string; start: number; minutes: number; post: string }[];
  told: Figure[];
  problems: string[];
}

const WAIT_MS = 350;
const STEP_MIN = 30;

function start(box: HTMLElement): void {
  const words = box.dataset as Record<string, string>;
  const studio = JSON.parse(document.getElementById("studio-data")!.textContent!) as Studio;
  const editable = words.editable === "1";
  const shown = new Map<string, Record<string, Shown>>();
  for (const body of box.querySelectorAll<HTMLElement>("[data-posts]")) shown.set(body.dataset.posts!, readPosts(body));
  const moved = new Map<string, { start: number; minutes: number; post: string }>();
  let shift = studio.shifts[0].code;
  let timer = 0, asked = 0;

  const edits = new Edits(studio, () => { drawAll(); later(); });
  const gantt = new Gantt(document.getElementById("gantt")!, {
    words: { bar: words.bar, moved: words.moved }, step: STEP_MIN, editable,
    onMove: (id, begin, minutes) => { const [unit, code] = id.split(" "); edits.setDuty(unit, code, begin, minutes); },
    onSelect: () => undefined,
  });
  if (editable) document.getElementById("gantt")!.classList.add("gantt-editable");
  const colours = Object.fromEntries(studio.out.map((one) => [one.post, one.colour]));
  const map = openMap(studio, colours, (code) => focusPost(code));

  function focusPost(code: string): void {
    const body = box.querySelector<HTMLElement>(`[data-posts="${CSS.escape(shift)}"]`)!;
    const row = body.querySelector<HTMLElement>(`[data-post="${CSS.escape(code)}"]`);
    if (row) { row.scrollIntoView({ block: "nearest" }); row.querySelector<HTMLElement>("button:not(:disabled)")?.focus(); }
    else if (editable) { (document.getElementById("studio-add") as HTMLInputElement).value = edits.name(code); document.getElementById("studio-add-go")!.focus(); }
  }

  function drawAll(): void {
    for (const one of studio.shifts) {
      const body = box.querySelector<HTMLElement>(`[data-posts="${CSS.escape(one.code)}"]`)!;
      const posts = byHand(one.code) ?? shown.get(one.code)!;
      drawPosts(body, one.code, posts, edits, words as never, editable);
    }
    map?.show(shift, byHand(shift) ?? shown.get(shift)!, edits);
    gantt.draw([...studio.out].sort((a, b) => a.sign.localeCompare(b.sign)).map(duty));
    if (editable) drawEdits();
  }

  /** The posts that the planner has set, before the server has said what they cover. */
  function byHand(code: string): Record<string, Shown> | undefined {
    const posts = edits.ask.posts?.[code];
    const known = shown.get(code) ?? {};
    return posts && Object.fromEntries(Object.entries(posts).map(([post, cars]) => [post, { cars, share: known[post]?.share ?? "…" }]));
  }

  function duty(one: Studio["out"][number]): Duty {
    const key = `${one.unit} ${one.shift}`;
    const set = edits.ask.duties?.[key];
    const now = moved.get(key);
    return {
      id: key, row: one.sign, place: now?.post ?? one.post, quiet: one.shift !== shift, start: set?.start_min ?? one.start, minutes: set?.minutes ?? one.minutes,
      colour: `duty-${one.colour}`, moved: Boolean(set),
    };
  }

  function drawEdits(): void {
    const list = document.getElementById("edits")!;
    const told = { cars: words.editCars, pin: words.editPin, forbid: words.editForbid, posts: words.editPosts, duty: words.editDuty };
    const entries = edits.entries(told, clock);
    list.replaceChildren(...entries.map(({ text, undo }) => {
      const item = document.createElement("li");
      item.textContent = `${text} `;
      const back = document.createElement("button");
      back.type = "button";
      back.className = "btn btn-sm btn-link p-0";
      back.textContent = words.undo;
      back.setAttribute("aria-label", `${words.undo}: ${text}`);
      back.addEventListener("click", undo);
      item.append(back);
      return item;
    }));
    if (!entries.length) {
      const item = document.createElement("li");
      item.textContent = words.none;
      list.append(item);
    }
    const solve = document.getElementById("solve") as HTMLFormElement;
    (solve.elements.namedItem("ask") as HTMLInputElement).value = JSON.stringify(edits.ask);
    solve.querySelector("button")!.disabled = !edits.any;
  }

  function later(): void {
    clearTimeout(timer);
    timer = window.setTimeout(() => void ask(), WAIT_MS);
  }

  async function ask(): Promise<void> {
    const number = ++asked;
    const place = document.getElementById("change")!;
    place.textContent = words.trying;
    try {
      const answer = await fetch(words.try, {
        method: "POST", credentials: "same-origin", body: JSON.stringify(edits.ask),
        headers: { "X-CSRFToken": csrfToken(), "Content-Type": "application/json", Accept: "application/json" },
      });
      const told = (await answer.json()) as Answer;
      if (number !== asked) return; // a later change is under way
      if (told.error) say(place, [{ text: told.error, better: false }]);
      else show(place, told);
    } catch {
      if (number === asked) say(place, [{ text: words.failed, better: false }]);
    }
  }

  function show(place: HTMLElement, told: Answer): void {
    for (const one of told.shifts) {
      shown.set(one.code, one.posts);
      const panel = box.querySelector<HTMLElement>(`[data-panel="${CSS.escape(one.code)}"]`)!;
      for (const [name, figure] of Object.entries(one.figures)) mark(panel.querySelector<HTMLElement>(`[data-figure="${name}"]`), figure);
    }
    for (const one of told.out) moved.set(`${one.unit} ${one.shift}`, one);
    say(place, edits.any ? [...told.told, ...told.problems.map((text) => ({ text, better: null }))] : []);
    drawAll();
  }

  bindTabs(box, (code) => { shift = code; drawAll(); });
  if (editable) {
    bindAdd(studio, (code) => {
      const now = Object.fromEntries(Object.entries(byHand(shift) ?? shown.get(shift)!).map(([post, one]) => [post, one.cars]));
      edits.setPost(shift, code, (now[code] ?? 0) + 1, now);
    });
    for (const field of box.querySelectorAll<HTMLInputElement>("[data-cars-of]")) {
      field.addEventListener("change", () => { if (field.validity.valid && field.value) edits.setCars(field.dataset.carsOf!, Number(field.value)); });
    }
  }
  drawAll();
}

function readPosts(body: HTMLElement): Record<string, Shown> {
  return Object.fromEntries([...body.querySelectorAll<HTMLElement>("tr")].map((row) => {
    const [cars, share] = [...row.querySelectorAll("td")].map((cell) => cell.textContent!.trim());
    return [row.dataset.post!, { cars: Number(cars), share }];
  }));
}

function openMap(studio: Studio, _colours: Record<string, string>, onPost: (code: string) => void): PostMap | null {
  const box = document.getElementById("studio-map");
  if (!box) return null;
  const beats = JSON.parse(document.getElementById("beat-colours")?.textContent ?? "{}") as Record<string, string>;
  try {
    return new PostMap(box, beats, studio.sites, onPost);
  } catch {
    return null; // no WebGL: the box says so, the tables work
  }
}

function mark(place: HTMLElement | null, figure: Figure): void {
  if (!place) return;
  place.textContent = figure.text;
  place.classList.toggle("change-better", figure.better === true);
  place.classList.toggle("change-worse", figure.better === false);
}

function say(place: HTMLElement, lines: Figure[]): void {
  const list = document.createElement("ul");
  list.className = "change-list";
  list.append(...lines.map((line) => {
    const item = document.createElement("li");
    mark(item, line);
    return item;
  }));
  place.replaceChildren(list);
}

/** Tabs as ARIA has them: arrow keys go from one to the next. */
function bindTabs(box: HTMLElement, choose: (shift: string) => void): void {
  const tabs = [...box.querySelectorAll<HTMLElement>("[role=tab]")];
  const open = (tab: HTMLElement) => {
    for (const one of tabs) {
      const on = one === tab;
      one.setAttribute("aria-selected", String(on));
      one.tabIndex = on ? 0 : -1;
      document.getElementById(one.getAttribute("aria-controls")!)!.hidden = !on;
    }
    choose(tab.dataset.shift!);
  };
  tabs.forEach((tab, i) => {
    tab.addEventListener("click", () => open(tab));
    tab.addEventListener("keydown", (event) => {
      const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
      if (!by) return;
      event.preventDefault();
      const next = tabs[(i + by + tabs.length) % tabs.length];
      next.focus();
      open(next);
    });
  });
}

function bindAdd(studio: Studio, add: (code: string) => void): void {
  const list = document.getElementById("studio-sites")!;
  list.append(...studio.sites.map((site) => { const option = document.createElement("option"); option.value = site.name; return option; }));
  const field = document.getElementById("studio-add") as HTMLInputElement;
  const go = () => {
    const site = studio.sites.find((one) => one.name === field.value || one.code === field.value);
    field.setCustomValidity(site ? "" : field.value);
    field.classList.toggle("is-invalid", !site);
    if (site) { field.value = ""; add(site.code); }
  };
  document.getElementById("studio-add-go")!.addEventListener("click", go);
  field.addEventListener("keydown", (event) => { if (event.key === "Enter") { event.preventDefault(); go(); } });
}

const box = document.getElementById("studio");
if (box) start(box);
