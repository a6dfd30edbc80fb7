// The crew's app on a cheap phone: everything by one tap, everything kept, also a whole shift without network.
import "./phone/phone.css";
import { startTicking, tick } from "./board/ages";
import { App } from "./phone/app";
import type { Addresses } from "./phone/app";
import { h, minutes, t } from "./phone/dom";
import { emergencyButton } from "./phone/help";
import { nowView } from "./phone/now";
import { entryForm, reportView } from "./phone/report";
import { roundView } from "./phone/round";
import { shiftView } from "./phone/shift";
import type { Snapshot } from "./phone/types";

const TABS = ["now", "round", "report", "shift"] as const;
type Tab = (typeof TABS)[number];

function startPhone(page: HTMLElement): void {
  const [head, body, tabs] = ["duty-head", "duty", "duty-tabs"].map((id) => document.getElementById(id)!) as [HTMLElement, HTMLElement, HTMLElement];
  const spoken = document.getElementById("duty-say")!;
  const kinds = JSON.parse(document.getElementById("phone-kinds")!.textContent!) as [string, string][];
  let tab: Tab = TABS.find((one) => `#${one}` === location.hash) ?? "now";
  let hush: number | undefined;
  let shown = "";

  const say = (text: string, bad = false) => {
    spoken.textContent = text;
    spoken.className = `duty-say ${bad ? "bad" : "good"}`;
    window.clearTimeout(hush);
    hush = window.setTimeout(() => { spoken.textContent = ""; spoken.className = "duty-say"; }, bad ? 12_000 : 5_000);
  };
  const app = new App(page.dataset as unknown as Addresses, () => draw(), say);
  const form = entryForm(app);
  const report = reportView(app, kinds);

  const draw = () => {
    const now = app.now();
    head.replaceChildren(...headOf(app, now));
    drawTabs();
    if (!now?.unit) { body.replaceChildren(...nothing(app, now)); shown = ""; return; }
    if (tab === "report" && shown === "report") return;
    const focus = document.activeElement?.id;
    body.replaceChildren(...viewOf(now));
    if (focus && document.activeElement?.id !== focus) document.getElementById(focus)?.focus();
    shown = tab;
    tick();
    tickStay();
  };
  const viewOf = (now: Snapshot): Node[] => {
    if (tab === "now") return nowView(app, now);
    if (tab === "round") return roundView(app, now);
    return tab === "report" ? report : shiftView(app, now, form, page.dataset.sheets!);
  };
  const drawTabs = () => {
    for (const link of tabs.querySelectorAll<HTMLElement>("[data-tab]")) {
      if (link.dataset.tab === tab) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    const trouble = app.declined().length;
    tabs.querySelector("[data-tab='shift'] .tab-count")!.textContent = trouble ? String(trouble) : "";
  };
  const open = (next: Tab) => {
    tab = next;
    history.replaceState(null, "", `#${next}`);
    draw();
    window.scrollTo(0, 0);
  };

  tabs.addEventListener("click", (event) => {
    const next = (event.target as HTMLElement).closest<HTMLElement>("[data-tab]")?.dataset.tab;
    if (next) open(next as Tab);
  });
  head.addEventListener("click", (event) => { if ((event.target as HTMLElement).closest("[data-outbox]")) open("shift"); });
  head.addEventListener("change", (event) => void app.choose(Number((event.target as HTMLSelectElement).value)));
  document.querySelector("form[action*='logout']")?.addEventListener("submit", (event) => {
    event.preventDefault();
    void app.leave().then(() => (event.target as HTMLFormElement).submit());
  });
  window.addEventListener("hashchange", () => {
    const next = TABS.find((one) => `#${one}` === location.hash);
    if (next && next !== tab) open(next);
  });
  setInterval(tickStay, 1000);
  startTicking();
  void app.start().catch((error: unknown) => say(`${t("storage")} (${String(error)})`, true));
}

function headOf(app: App, now: Snapshot | undefined): Node[] {
  if (!now?.unit) return [];
  const waiting = app.waiting().filter((action) => action.kind !== "track").length;
  const made = [h("div", { class: "duty-bar" }, sign(now), h("span", { class: "duty-beat" }, now.beat ?? t("no_beat"), " ", colour(now)), chip(app, waiting), emergencyButton(app))];
  if (app.trouble) {
    const text = app.trouble === "signed-out" ? t("signed_out", { n: waiting }) : t("other_account", { name: now.account.name });
    made.push(h("p", { class: "alert alert-warning", role: "alert" }, text, " ", h("a", { class: "btn btn-warning w-100 mt-2", href: app.urls.signIn }, t("sign_in"))));
  } else if (app.net === "offline") made.push(h("p", { class: "offline", role: "status" }, t("offline_text")));
  return made;
}

function sign(now: Snapshot): HTMLElement {
  if (now.units.length < 2) return h("strong", { class: "duty-sign" }, now.unit!.call_sign);
  return h("select", { class: "form-select duty-sign", "aria-label": t("unit") }, ...now.units.map((unit) =>
    h("option", { value: String(unit.id), selected: unit.id === now.unit!.id }, unit.call_sign)));
}

function colour(now: Snapshot): HTMLElement {
  const marks: Record<string, string> = { red: "▲", orange: "◆", yellow: "■", green: "●" };
  if (!now.colour) return h("small", {}, t("no_briefing"));
  const [name, word] = now.colour;
  return h("span", { class: `alert-colour alert-colour-${name}` }, `${marks[name] ?? "?"} ${word}`);
}

function chip(app: App, waiting: number): HTMLElement {
  const word = t(app.trouble ? "chip_signed_out" : `chip_${app.net}`);
  return h("button", { type: "button", class: `duty-net net-${app.trouble ? "offline" : app.net}`, "data-outbox": true },
    waiting ? `${word} · ${t("waiting", { n: waiting })}` : word);
}

function nothing(app: App, now: Snapshot | undefined): Node[] {
  if (app.trouble === "signed-out") return [h("p", { class: "no-task" }, t("signed_out_empty")), h("a", { class: "btn btn-primary btn-lg w-100", href: app.urls.signIn }, t("sign_in"))];
  if (now) return [h("div", { class: "empty-state" }, h("p", { class: "empty-title" }, t("no_crew")), h("p", {}, t("no_crew_text")))];
  return [h("p", { class: "no-task", role: "status" }, app.net === "offline" ? t("nothing_kept") : t("loading"))];
}

/** The timer that runs: minutes so far, of those ordered. */
function tickStay(): void {
  for (const shown of document.querySelectorAll<HTMLElement>("[data-stay]")) {
    const seconds = (Date.now() - Date.parse(shown.dataset.stay!)) / 1000;
    const planned = Number(shown.dataset.planned);
    shown.textContent = planned ? `${minutes(seconds)} / ${minutes(planned)}` : minutes(seconds);
    shown.classList.toggle("enough", planned > 0 && seconds >= planned);
  }
}

const page = document.getElementById("duty-page");
if (page) {
  startPhone(page);
  void navigator.serviceWorker?.register(page.dataset.worker!).catch(() => undefined);
}
