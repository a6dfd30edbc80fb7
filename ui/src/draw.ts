// Drawing on the map: each click adds a point to the form's field, which stays the truth and works without it.
import type { GeoJSONSource, Map as MapLibreMap } from "maplibre-gl";
import type { Feature, FeatureCollection, Position } from "geojson";

const WAIT_MS = 500;

/** Points of the text, a line each, as far as they can be read. */
function read(text: string): Position[] {
  return text.split("\n").map((row) => row.split(/[,，;；\s]+/).filter(Boolean).map(Number))
    .filter((pair) => pair.length === 2 && pair.every(Number.isFinite));
}

/** What the points are: single ones, a line, or an area once it has three. */
function shape(kind: string, points: Position[]): FeatureCollection {
  const feature = (geometry: Feature["geometry"]): Feature => ({ type: "Feature", properties: {}, geometry });
  const features = points.map((coordinates) => feature({ type: "Point", coordinates }));
  if (kind === "line" && points.length > 1) features.push(feature({ type: "LineString", coordinates: points }));
  if (kind === "area" && points.length > 2) features.push(feature({ type: "Polygon", coordinates: [[...points, points[0]]] }));
  return { type: "FeatureCollection", features };
}

export function startDrawing(map: MapLibreMap, formId: string): void {
  const form = document.getElementById(formId) as HTMLFormElement;
  const field = form.elements.namedItem("points") as HTMLTextAreaElement;
  const kind = form.elements.namedItem("kind") as HTMLSelectElement;
  const least: Record<string, number> = { point: 1, line: 2, area: 3 };
  let waiting = 0;
  addLayers(map, shape(kind.value, read(field.value)));
  const redraw = () => {
    const points = read(field.value);
    (map.getSource("drawn") as GeoJSONSource).setData(shape(kind.value, points));
    clearTimeout(waiting);
    if (points.length >= (least[kind.value] ?? 1)) {
      waiting = window.setTimeout(() => document.getElementById("closure-check")?.click(), WAIT_MS);
    }
  };
  const put = (rows: string[]) => { field.value = rows.join("\n"); redraw(); };
  const rows = () => field.value.split("\n").filter((row) => row.trim());
  const showClosed = () => {
    const told = document.querySelector<HTMLElement>("[data-closed]")?.dataset.closed;
    const geometry = told ? (JSON.parse(told) as Feature["geometry"]) : null;
    const features: Feature[] = geometry ? [{ type: "Feature", properties: {}, geometry }] : [];
    (map.getSource("would-close") as GeoJSONSource).setData({ type: "FeatureCollection", features });
  };
  showClosed();
  document.body.addEventListener("htmx:afterSwap", showClosed);
  map.getCanvas().style.cursor = "crosshair";
  map.on("click", (event) => put([...rows(), `${event.lngLat.lng.toFixed(6)}, ${event.lngLat.lat.toFixed(6)}`]));
  field.addEventListener("input", redraw);
  kind.addEventListener("change", redraw);
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-draw]")) {
    button.hidden = false;
    button.addEventListener("click", () => put(button.dataset.draw === "undo" ? rows().slice(0, -1) : []));
  }
}

function addLayers(map: MapLibreMap, data: FeatureCollection): void {
  map.addSource("would-close", { type: "geojson", data: { type: "FeatureCollection", features: [] } });
  map.addLayer({
    id: "would-close-line", type: "line", source: "would-close", layout: { "line-cap": "round" },
    paint: { "line-color": "#c8102e", "line-width": 6, "line-opacity": 0.85 },
  });
  map.addSource("drawn", { type: "geojson", data });
  map.addLayer({
    id: "drawn-fill", type: "fill", source: "drawn", filter: ["==", ["geometry-type"], "Polygon"],
    paint: { "fill-color": "#0b5cad", "fill-opacity": 0.25 },
  });
  map.addLayer({
    id: "drawn-line", type: "line", source: "drawn", filter: ["!=", ["geometry-type"], "Point"],
    paint: { "line-color": "#0b5cad", "line-width": 4 },
  });
  map.addLayer({
    id: "drawn-mark", type: "circle", source: "drawn", filter: ["==", ["geometry-type"], "Point"],
    paint: { "circle-radius": 6, "circle-color": "#0b5cad", "circle-stroke-color": "#ffffff", "circle-stroke-width": 2 },
  });
}
