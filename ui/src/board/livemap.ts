// Live incidents and units on the county's map. Loaded only where a map is shown.
import type { FeatureCollection } from "geojson";
import type { GeoJSONSource } from "maplibre-gl";
import { createMap, isDark, popup } from "../map";
import type { CountyMap } from "../map";
import { coalesce } from "./snapshot";
import { getJson } from "./http";
import { Moves } from "./moves";
import type { Moved } from "./moves";
import { LABEL_FONT } from "../ground";

interface Features { incidents: FeatureCollection; units: FeatureCollection }

const PRIORITY = ["match", ["get", "priority"], 1, "#c8102e", 2, "#d9640b", 3, "#0b5cad", "#5f6b73"];
const STATE = ["match", ["get", "state"], "available", "#2e8540", "on_scene", "#7a3fa0", "#0b5cad"];
const NONE: FeatureCollection = { type: "FeatureCollection", features: [] };
const DRAW_MS = 250;

export interface LiveMap {
  refresh(): Promise<void>;
  resize(): void;
  /** Move units to where the stream saw them. */
  move(moved: Moved[]): void;
}

export function openLiveMap(place: HTMLElement, page: HTMLElement): LiveMap {
  const county = createMap(place, {
    featuresUrl: place.dataset.places!, county: page.dataset.county!, layers: ["areas", "beats", "posts", "closures"],
  });
  const ready = county.ready.then(() => addLayers(county));
  const moves = new Moves();
  let units = NONE;
  let drawing: number | undefined;
  const draw = (): void => {
    drawing = undefined;
    (county.map.getSource("live-units") as GeoJSONSource | undefined)?.setData(moves.over(units));
  };
  const move = (moved: Moved[]): void => {
    moves.put(moved);
    if (!document.hidden) drawing ??= window.setTimeout(draw, DRAW_MS);
  };
  const refresh = coalesce(async () => {
    await ready;
    void county.reload("closures").catch(() => undefined); // the board says itself when the line is lost
    const live = await getJson<Features>(page.dataset.features!);
    (county.map.getSource("live-incidents") as GeoJSONSource).setData(live.incidents);
    units = live.units;
    draw();
  });
  return { refresh, resize: () => county.map.resize(), move };
}

function addLayers({ map }: CountyMap): void {
  map.addSource("live-units", { type: "geojson", data: NONE });
  map.addSource("live-incidents", { type: "geojson", data: NONE });
  const ink = isDark() ? "#eef3f6" : "#1c2b36";
  const halo = isDark() ? "#11181d" : "#ffffff";
  map.addLayer({
    id: "live-units-mark", type: "circle", source: "live-units",
    paint: { "circle-radius": 5, "circle-color": STATE as never, "circle-stroke-color": halo, "circle-stroke-width": 1.5 },
  });
  map.addLayer({
    id: "live-incidents-mark", type: "circle", source: "live-incidents",
    paint: {
      "circle-radius": ["match", ["get", "priority"], 1, 11, 2, 9, 7], "circle-color": PRIORITY as never,
      "circle-stroke-color": halo, "circle-stroke-width": 2,
    },
  });
  for (const [source, text] of [["live-units", "call_sign"], ["live-incidents", "number"]]) {
    map.addLayer({
      id: `${source}-label`, type: "symbol", source,
      layout: { "text-field": ["to-string", ["get", text]], "text-size": 11, "text-font": LABEL_FONT, "text-offset": [0, 1.3] },
      paint: { "text-color": ink, "text-halo-color": halo, "text-halo-width": 1.5 },
    });
  }
  for (const [layer, text] of [["live-incidents-mark", "label"], ["live-units-mark", "call_sign"]]) {
    map.on("click", layer, (event) => {
      const feature = event.features?.[0];
      if (feature) popup(map, [event.lngLat.lng, event.lngLat.lat], [String(feature.properties[text])]);
    });
  }
}
