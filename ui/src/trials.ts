// A trial's places on the map: 3a and 3b are a pair, and a line joins them.
import type { FeatureCollection } from "geojson";
import { LngLatBounds } from "maplibre-gl";
import { createMap } from "./map";
import type { CountyMap, Kind } from "./map";
import { LABEL_FONT } from "./ground";

interface Mark { lon: number; lat: number; label: string; side: "a" | "b"; pair: number }

function read(): Mark[] {
  const text = document.getElementById("trial-marks")?.textContent;
  return text ? (JSON.parse(text) as Mark[]) : [];
}

function points(marks: Mark[]): FeatureCollection {
  return {
    type: "FeatureCollection",
    features: marks.map(({ lon, lat, label, side }) => ({
      type: "Feature", geometry: { type: "Point", coordinates: [lon, lat] }, properties: { label, side },
    })),
  };
}

function joins(marks: Mark[]): FeatureCollection {
  const second = new Map(marks.filter(({ side }) => side === "b").map((mark) => [mark.pair, mark]));
  return {
    type: "FeatureCollection",
    features: marks.filter(({ side }) => side === "a").flatMap(({ lon, lat, pair }) => {
      const other = second.get(pair);
      if (!other) return [];
      const coordinates = [[lon, lat], [other.lon, other.lat]];
      return [{ type: "Feature" as const, geometry: { type: "LineString" as const, coordinates }, properties: {} }];
    }),
  };
}

function add({ map }: CountyMap, marks: Mark[]): void {
  map.addSource("trial-joins", { type: "geojson", data: joins(marks) });
  map.addSource("trial-marks", { type: "geojson", data: points(marks) });
  map.addLayer({
    id: "trial-joins", type: "line", source: "trial-joins",
    paint: { "line-color": "#7a4a9e", "line-width": 1.5, "line-opacity": 0.6, "line-dasharray": [3, 2] },
  });
  map.addLayer({
    id: "trial-marks", type: "circle", source: "trial-marks",
    paint: {
      "circle-radius": 11, "circle-color": ["match", ["get", "side"], "a", "#0b5cad", "#8a4b00"],
      "circle-stroke-color": "#fff", "circle-stroke-width": 2,
    },
  });
  map.addLayer({
    id: "trial-marks-label", type: "symbol", source: "trial-marks",
    layout: { "text-field": ["get", "label"], "text-size": 11, "text-font": LABEL_FONT, "text-allow-overlap": true },
    paint: { "text-color": "#fff" },
  });
}

const box = document.getElementById("trial-map");
if (box) {
  const { featuresUrl = "", county = "", layers = "" } = box.dataset;
  const drawn = createMap(box, { featuresUrl, county, layers: layers.split(" ") as Kind[] });
  void drawn.ready.then(({ failed }) => {
    if (failed.length && box.dataset.failed) box.insertAdjacentText("afterend", box.dataset.failed);
    const marks = read();
    add(drawn, marks);
    const bounds = new LngLatBounds();
    for (const { lon, lat } of marks) bounds.extend([lon, lat]);
    if (!bounds.isEmpty()) drawn.map.fitBounds(bounds, { padding: 48, maxZoom: 15, animate: false });
  });
}
