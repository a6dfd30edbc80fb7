// First view: the task, the timer that runs, what comes next.
import type { App } from "./app";
import { button, clock, h, mapLink, t } from "./dom";
import { backupButton } from "./help";
import { endStay, openCheckIn, placesOf, plannedOf, startStay } from "./places";
import type { Closing, Leg, Move, MoveStatus, Snapshot, Status, Task } from "./types";
import { watching } from "./where";

const STEPS: [Status, string][] = [["accepted", "accept"], ["en_route", "en_route"], ["on_scene", "on_scene"], ["cleared", "clear"]];
const RANK: Status[] = ["assigned", "accepted", "en_route", "on_scene", "cleared"];
const MOVE_STEPS: MoveStatus[] = ["accepted", "arrived"];

export function nowView(app: App, now: Snapshot): Node[] {
  if (!now.unit!.on_duty) return [h("p", { class: "no-task" }, t("off_duty")), button(t("come_on"), "btn-success btn-lg w-100", () => void app.act("on", {}, t("come_on")))];
  const next = (now.order?.legs ?? []).find((leg) => leg.to_visit && !leg.visited_at);
  return [
    now.task ? taskCard(app, now.task) : now.move ? moveCard(app, now.move) : h("p", { class: "no-task" }, t("no_task")),
    ...(now.closing ? [closingCard(now.closing)] : []),
    ...(now.stay ? [stayCard(app, now)] : []),
    ...(next ? [h("h2", {}, t("next")), legCard(app, next, Boolean(now.stay))] : []),
    watching() ? h("p", { class: "hint" }, t("sharing")) : button(t("share"), "btn-outline-secondary w-100 mt-3", () => app.share()),
  ];
}

function taskCard(app: App, task: Task): HTMLElement {
  return h("section", { class: "task", "aria-label": t("assignment") },
    h("p", { class: "task-type" }, h("span", { class: `prio prio-${task.priority}` }, String(task.priority)), ` ${task.type} `, h("small", { class: "mono" }, task.number)),
    h("p", { class: "task-address" }, task.address),
    ...(task.details ? [h("p", { class: "task-details" }, task.details)] : []),
    ...task.hazards.map((hazard) => h("p", { class: "task-hazard" }, `⚠ ${hazard}`)),
    task.lat !== null && task.lon !== null
      ? mapLink(task.lat, task.lon, t("navigate"), "btn btn-outline-primary btn-lg w-100 mb-2")
      : h("p", { class: "no-pin" }, t("no_pin")),
    h("p", { class: "task-status" }, `${t(`status_${task.status}`)} · `, h("time", { "data-since": task.assigned_at, datetime: task.assigned_at }, clock(task.assigned_at))),
    steps(app, task), backupButton(app, task));
}

function closingCard(closing: Closing): HTMLElement {
  return h("section", { class: "task", "aria-label": t("closing") },
    h("p", { class: "task-type" }, t("closing"), ...(closing.arrive_by ? [" ", h("strong", {}, t("arrive_by", { at: clock(closing.arrive_by) }))] : [])),
    h("p", { class: "task-address" }, closing.place),
    mapLink(closing.lat, closing.lon, t("navigate"), "btn btn-outline-primary btn-lg w-100 mb-2"));
}

function moveCard(app: App, move: Move): HTMLElement {
  const left = MOVE_STEPS.slice(MOVE_STEPS.indexOf(move.status) + 1);
  return h("section", { class: "task", "aria-label": t("move") },
    h("p", { class: "task-type" }, t("move")),
    h("p", { class: "task-address" }, move.post),
    mapLink(move.lat, move.lon, t("navigate"), "btn btn-outline-primary btn-lg w-100 mb-2"),
    h("p", { class: "task-status" }, `${t(`move_${move.status}`)} · `, h("time", { "data-since": move.ordered_at, datetime: move.ordered_at }, clock(move.ordered_at))),
    h("div", { class: "task-buttons" }, ...left.map((status, at) => button(
      t(`move_${status}`), at === 0 ? "btn-primary" : "btn-outline-secondary",
      () => void app.act("move", { move: move.id, status }, `${move.post}: ${t(`move_${status}`)}`)))));
}

/** The stages still to come; the next one stands out. */
function steps(app: App, task: Task): HTMLElement {
  const left = STEPS.filter(([status]) => RANK.indexOf(status) > RANK.indexOf(task.status));
  return h("div", { class: "task-buttons" }, ...left.map(([status, word], at) => button(
    t(word), at === 0 ? "btn-primary" : "btn-outline-secondary",
    () => void app.act("advance", { assignment: task.id, status }, `${task.number}: ${t(word)}`))));
}

function stayCard(app: App, now: Snapshot): HTMLElement {
  const stay = now.stay!;
  const place = placesOf(app).get(stay.place)?.label ?? stay.place;
  return h("section", { class: "stay", "aria-label": t("timer") },
    h("p", { class: "stay-place" }, place),
    h("p", { class: "stay-clock", "data-stay": stay.begun_at, "data-planned": String(stay.planned_s ?? 0) }, ""),
    button(t("stay_end"), "btn-primary btn-lg w-100", () => void endStay(app)));
}

export function legCard(app: App, leg: Leg, staying: boolean): HTMLElement {
  const place = leg.place;
  const late = leg.to_visit && !leg.visited_at && Date.parse(leg.until) < Date.now();
  const name = place && place.lat !== null && place.lon !== null ? mapLink(place.lat, place.lon, place.label) : (place?.label ?? "");
  return h("div", { class: `leg leg-${leg.kind}${leg.visited_at ? " visited" : ""}${late ? " late" : ""}` },
    h("span", { class: "leg-time" }, `${clock(leg.from)}–${clock(leg.until)}`),
    h("span", { class: "leg-what" }, `${leg.what}${place ? ": " : ""}`, name, seen(leg)),
    ...(leg.to_visit && place ? legButtons(app, leg, staying) : []));
}

export function seen(what: { visited_at?: string | null; waiting?: boolean }): Node | null {
  if (!what.visited_at) return null;
  return h("small", { class: "seen" }, ` ${what.waiting ? "⏳" : "✓"} ${clock(what.visited_at)}`);
}

function legButtons(app: App, leg: Leg, staying: boolean): HTMLElement[] {
  const place = leg.place!;
  const made = [];
  if (leg.kind === "stop" && !staying) {
    const planned = plannedOf(leg);
    made.push(button(t("stay", { minutes: Math.round(planned / 60) }), "btn-primary", () => void startStay(app, place, planned), { "aria-label": `${t("stay", { minutes: Math.round(planned / 60) })}: ${place.label}` }));
  }
  if (!leg.visited_at) made.push(button(t("check_in"), "btn-outline-success", () => openCheckIn(app, place), { "aria-label": t("check_in_at", { place: place.label }) }));
  return made;
}
