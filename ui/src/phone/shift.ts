// Fourth view: the outbox, the shift log, and going off duty.
import type { App } from "./app";
import { ask, button, clock, h, t } from "./dom";
import { endStay } from "./places";
import type { Action, Snapshot } from "./types";

export function shiftView(app: App, now: Snapshot, form: HTMLElement, sheets: string): Node[] {
  const unit = now.unit!;
  return [
    ...outbox(app),
    h("h2", {}, t("shift_log"), " ", h("small", {}, unit.since ? t("since", { time: clock(unit.since) }) : "")),
    ...(unit.on_duty ? [form] : []),
    now.entries.length
      ? h("ol", { class: "entries" }, ...now.entries.map((entry) => h("li", {}, h("time", {}, `${entry.waiting ? "⏳ " : ""}${clock(entry.at)}`), " ", entry.text)))
      : h("p", { class: "hint" }, t("no_entries")),
    unit.on_duty
      ? button(t("go_off"), "btn-outline-secondary btn-lg w-100 mt-3", () => void goOff(app, now))
      : button(t("come_on"), "btn-success btn-lg w-100 mt-3", () => void app.act("on", {}, t("come_on"))),
    h("p", { class: "mt-3" }, h("a", { href: sheets }, t("sheets"))),
  ];
}

async function goOff(app: App, now: Snapshot): Promise<void> {
  if (now.task) return app.say(t("clear_first", { number: now.task.number }), true);
  if (!(await ask(t("go_off"), t("go_off_text"), t("go_off"), "btn-primary"))) return;
  if (now.stay) await endStay(app);
  await app.act("off", {}, t("go_off"));
}

function outbox(app: App): Node[] {
  const waiting = app.waiting().filter((action) => action.kind !== "track");
  const declined = app.declined();
  const tracks = app.waiting().length - waiting.length;
  return [
    h("h2", {}, t("outbox")),
    ...declined.map((action) => refused(app, action)),
    waiting.length || tracks ? h("p", { class: "hint" }, t("waiting_text", { n: waiting.length })) : h("p", { class: "hint" }, t("all_sent")),
    ...(waiting.length ? [h("ol", { class: "waiting" }, ...waiting.map((action) => h("li", {}, h("time", {}, clock(action.at)), " ", action.said)))] : []),
  ];
}

function refused(app: App, action: Action): HTMLElement {
  return h("div", { class: "alert alert-danger", role: "alert" },
    h("p", { class: "mb-1" }, h("strong", {}, t("refused")), ` ${clock(action.at)} ${action.said}`),
    h("p", { class: "mb-2" }, action.reason ?? ""),
    h("div", { class: "two" },
      action.state === "asks" ? button(t("confirm"), "btn-danger", () => void app.confirm(action)) : null,
      button(t("dismiss"), "btn-outline-danger", () => void app.dismiss(action))));
}
