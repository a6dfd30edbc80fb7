// A containment plan on the map: ground enclosed, ways of the units, points held and points that leak.
import type { FeatureCollection } from "geojson";
import { LngLatBounds } from "maplibre-gl";
import { createMap, extend, isDark } from "../map";
import type { CountyMap } from "../map";
import { LABEL_FONT } from "../ground";

const HELD = "#2e8540", LEAK = "#c8102e", START = "#7a3fa0";

function addPlan({ map }: CountyMap, data: FeatureCollection): void {
  const of = (kind: string) => ["==", ["get", "kind"], kind] as never;
  map.addSource("plan", { type: "geojson", data });
  map.addLayer({ id: "plan-area", type: "fill", source: "plan", filter: of("area"), paint: { "fill-color": HELD, "fill-opacity": 0.12 } });
  map.addLayer({ id: "plan-edge", type: "line", source: "plan", filter: of("area"), paint: { "line-color": HELD, "line-width": 2 } });
  map.addLayer({ id: "plan-reached", type: "fill", source: "plan", filter: of("reached"), paint: { "fill-color": START, "fill-opacity": 0.18 } });
  map.addLayer({
    id: "plan-way", type: "line", source: "plan", filter: of("way"),
    paint: { "line-color": isDark() ? "#9db8cc" : "#3d5a73", "line-width": 1.5, "line-dasharray": [3, 2] },
  });
  map.addLayer({
    id: "plan-points", type: "circle", source: "plan", filter: ["==", ["geometry-type"], "Point"],
    paint: {
      "circle-radius": 8, "circle-color": ["match", ["get", "kind"], "leak", LEAK, "start", START, HELD],
      "circle-stroke-color": "#ffffff", "circle-stroke-width": 2,
    },
  });
  map.addLayer({
    id: "plan-label", type: "symbol", source: "plan", filter: ["==", ["geometry-type"], "Point"],
    layout: { "text-field": ["get", "label"], "text-size": 12, "text-font": LABEL_FONT, "text-offset": [0, 1.4] },
    paint: { "text-color": isDark() ? "#eef3f6" : "#1c2b36", "text-halo-color": isDark() ? "#11181d" : "#ffffff", "text-halo-width": 1.5 },
  });
}

export function openPlan(place: HTMLElement): void {
  const data = JSON.parse(document.getElementById("plan-features")!.textContent!) as FeatureCollection;
  const county = createMap(place, { featuresUrl: place.dataset.places!, county: place.dataset.county!, layers: ["areas", "closures"] });
  void county.ready.then(() => {
    addPlan(county, data);
    const bounds = new LngLatBounds();
    extend(bounds, data);
    if (!bounds.isEmpty()) county.map.fitBounds(bounds, { padding: 40, maxZoom: 16, animate: false });
  });
}
