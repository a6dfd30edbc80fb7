// Checking in at a place, in one of four ways, and the timer of a hot-spot stop.
import type { App } from "./app";
import { ask, button, h, t } from "./dom";
import { bare } from "./picture";
import { placeOf, scan } from "./scan";
import type { Leg, Place } from "./types";
import { fresh, here, metresTo } from "./where";

/** Every place of the duty by its code. */
export function placesOf(app: App): Map<string, Place> {
  const now = app.now();
  const legs = (now?.order?.legs ?? []).flatMap((leg) => (leg.place ? [leg.place] : []));
  return new Map([...legs, ...(now?.posts ?? []), ...(now?.places ?? [])].map((place) => [place.code, place]));
}

/** The seconds that the order gives a stop. */
export function plannedOf(leg: Leg): number {
  return Math.max(0, Math.round((Date.parse(leg.until) - Date.parse(leg.from)) / 1000));
}

export function openCheckIn(app: App, place: Place): void {
  const box = h("dialog", { class: "sheet-dialog", "aria-label": place.label }) as HTMLDialogElement;
  const then = (work: () => Promise<void>) => () => { box.close(); void work(); };
  const file = h("input", { type: "file", accept: "image/*", capture: "environment", class: "visually-hidden", tabindex: "-1", "aria-hidden": "true" }) as HTMLInputElement;
  file.addEventListener("change", () => { const picture = file.files?.[0]; box.close(); if (picture) void byPicture(app, place, picture); });
  box.append(h("h2", {}, place.label),
    button(t("by_button"), "btn-success", then(() => byButton(app, place))),
    button(t("by_position"), "btn-outline-success", then(() => byPosition(app, place))),
    button(t("by_code"), "btn-outline-success", then(() => byCode(app, place))),
    button(t("by_picture"), "btn-outline-success", () => file.click()), file,
    h("p", { class: "hint" }, t("no_people")),
    button(t("cancel"), "btn-outline-secondary", () => box.close()));
  box.addEventListener("close", () => box.remove());
  document.body.append(box);
  box.showModal();
}

async function done(app: App, place: Place, data: Record<string, unknown>): Promise<void> {
  await app.act("check-in", { place: place.code, ...data }, t("said_check_in", { place: place.label }));
  app.say(t("checked_in", { place: place.label }));
}

async function byButton(app: App, place: Place): Promise<void> {
  const fix = fresh();
  await done(app, place, fix ? { lon: fix.lon, lat: fix.lat } : {});
}

async function byPosition(app: App, place: Place): Promise<void> {
  app.say(t("looking"));
  const fix = await here();
  if (!fix) return app.say(t("no_position"), true);
  const radius = app.kept!.radius_m;
  const far = metresTo(place, fix);
  const close = far === null || far <= radius;
  const text = t("far_away", { metres: Math.round(far ?? 0), place: place.label, radius });
  if (!close && !(await ask(t("not_there"), text, t("confirm")))) return;
  await done(app, place, { method: "position", lon: fix.lon, lat: fix.lat, confirmed: !close });
}

async function byPicture(app: App, place: Place, file: Blob): Promise<void> {
  try {
    const fix = fresh();
    await done(app, place, { method: "picture", picture: await bare(file), ...(fix ? { lon: fix.lon, lat: fix.lat } : {}) });
  } catch {
    app.say(t("bad_picture"), true);
  }
}

/** Scan a code; it must be that of the place, or, without one, of any place of the duty. */
export async function byCode(app: App, wanted?: Place): Promise<void> {
  const code = await scan((text) => app.say(text, true));
  if (!code) return;
  const found = placesOf(app).get(placeOf(code)!);
  if (!found || (wanted && found.code !== wanted.code)) return app.say(t("other_code"), true);
  await done(app, found, { method: "code", code });
}

export async function startStay(app: App, place: Place, planned: number | null): Promise<void> {
  await app.act("stay", { place: place.code, planned_s: planned }, t("said_stay", { place: place.label }));
}

export async function endStay(app: App): Promise<void> {
  const stay = app.now()?.stay;
  if (!stay) return;
  const place = placesOf(app).get(stay.place)?.label ?? stay.place;
  await app.act("stay-end", { stay: stay.key }, t("said_stay_end", { place }));
}
