// Second view: the order leg by leg, and all places of the beat.
import type { App } from "./app";
import { button, clock, h, mapLink, t } from "./dom";
import { legCard, seen } from "./now";
import { byCode, openCheckIn } from "./places";
import type { Place, Snapshot } from "./types";

export function roundView(app: App, now: Snapshot): Node[] {
  if (!now.unit!.on_duty) return [h("p", { class: "no-task" }, t("off_duty"))];
  const done = now.places.filter((place) => place.visited_at).length;
  return [
    button(t("scan_any"), "btn-outline-primary btn-lg w-100 mb-2", () => void byCode(app)),
    ...orderPart(app, now),
    ...(now.posts.length ? [h("h2", {}, t("posts")), list(app, now.posts)] : []),
    h("h2", {}, t("to_visit"), " ", h("small", {}, now.places.length ? `${done}/${now.places.length}` : "")),
    now.places.length ? list(app, now.places) : h("p", { class: "hint" }, t("no_places")),
  ];
}

function orderPart(app: App, now: Snapshot): Node[] {
  const order = now.order;
  if (!order) return [h("p", { class: "hint" }, t("no_order"))];
  const post = order.post;
  return [
    h("h2", {}, t("order"), " ", h("small", {}, `${clock(order.from)}–${clock(order.until)}`)),
    ...(post && post.lat !== null && post.lon !== null ? [mapLink(post.lat, post.lon, t("to_post"), "btn btn-outline-primary w-100 mb-2")] : []),
    order.legs.length
      ? h("ol", { class: "legs" }, ...order.legs.map((leg) => h("li", {}, legCard(app, leg, Boolean(now.stay)))))
      : h("p", { class: "hint" }, t("standby_only")),
  ];
}

function list(app: App, places: readonly Place[]): HTMLElement {
  return h("ul", { class: "stops" }, ...places.map((place) => h("li", { class: place.visited_at ? "visited" : "" },
    h("span", { class: "stop-name" }, place.lat !== null && place.lon !== null ? mapLink(place.lat, place.lon, place.label) : place.label, seen(place)),
    button(t("check_in"), "btn-outline-success", () => openCheckIn(app, place), { "aria-label": t("check_in_at", { place: place.label }) }))));
}
