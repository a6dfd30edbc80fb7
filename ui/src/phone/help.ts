// The emergency button and the call for backup: two steps each, so that neither is hit by accident.
import type { App } from "./app";
import { ask, button, t } from "./dom";
import type { Task } from "./types";
import { fresh, here } from "./where";

const PATIENCE_MS = 2_000;

export function emergencyButton(app: App): HTMLElement {
  return button(t("sos"), "btn-danger sos", () => void callForHelp(app));
}

async function callForHelp(app: App): Promise<void> {
  if (!(await ask(t("sos_title"), t("sos_text"), t("sos_send"), "btn-danger sos-send"))) return;
  const fix = fresh() ?? (await soon());
  const sent = await app.tellNow("emergency", fix ? { lon: fix.lon, lat: fix.lat } : {}, t("sos"));
  app.say(t(sent ? "sos_sent" : "sos_kept"), !sent);
}

/** The position if the phone says it soon; help does not wait for a satellite. */
function soon(): ReturnType<typeof here> {
  return Promise.race([here(), new Promise<null>((done) => setTimeout(() => done(null), PATIENCE_MS))]);
}

export function backupButton(app: App, task: Task): HTMLElement {
  return button(t("backup"), "btn-outline-danger w-100 mt-2", () => void callBackup(app, task));
}

async function callBackup(app: App, task: Task): Promise<void> {
  if (!(await ask(t("backup_title"), t("backup_text", { number: task.number }), t("backup_send"), "btn-danger"))) return;
  const sent = await app.tellNow("backup", { assignment: task.id }, `${task.number}: ${t("backup")}`);
  app.say(t(sent ? "backup_sent" : "backup_kept"), !sent);
}
