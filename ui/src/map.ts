// The county's map, shared by every page that has one: no tiles and no fonts from elsewhere, only our own places.
import {
  AttributionControl, LngLatBounds, Map as MapLibreMap, NavigationControl, Popup, ScaleControl, setWorkerUrl,
} from "maplibre-gl";
import type { ExpressionSpecification, GeoJSONSource, LayerSpecification, MapGeoJSONFeature, StyleSpecification } from "maplibre-gl";
import type { FeatureCollection } from "geojson";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import "maplibre-gl/dist/maplibre-gl.css";
import "./map.css";
import { GROUND, LABEL_FONT, groundLayers, isGround, repaintGround } from "./ground";
import type { Ground } from "./ground";

setWorkerUrl(workerUrl);

export type Kind = "areas" | "beats" | "grids" | "posts" | "points" | "lines" | "checkpoints" | "premises" | "closures" | Ground;

export interface MapOptions {
  /** Address of the features with the word KIND where the kind goes: /places/features/KIND.geojson */
  featuresUrl: string;
  /** Six-digit county code. */
  county: string;
  /** What to show, from the bottom up; water and streets come under it all, above the areas. */
  layers: Kind[];
  /** Called with a place's kind and properties when it is clicked. */
  onSelect?: (kind: Kind, properties: Record<string, unknown>) => void;
}

export interface CountyMap {
  map: MapLibreMap;
  /** Resolves when all layers are on the map; kinds that could not be loaded are in `failed`. */
  ready: Promise<{ failed: Kind[] }>;
  show(kind: Kind, visible: boolean): void;
  /** Ask for a kind again and draw what there is now. */
  reload(kind: Kind): Promise<void>;
  /** Paint beats by alert colour: beat code to red, orange, yellow, green. */
  paintBeats(colours: Record<string, string>): void;
  fit(): void;
}

interface Palette { ground: string; land: string; line: string; strong: string; text: string; halo: string; accent: string }

const FONT_MS = 4_000;
const LIGHT: Palette = {
  ground: "#e9eef2", land: "#fbfbf9", line: "#9aa7b1", strong: "#3d5a73", text: "#1c2b36", halo: "#ffffff",
  accent: "#0b5cad",
};
const DARK: Palette = {
  ground: "#11181d", land: "#1b252c", line: "#4a5a66", strong: "#9db8cc", text: "#eef3f6", halo: "#11181d",
  accent: "#79b8ff",
};
export const ALERT = { red: "#c8102e", orange: "#e87722", yellow: "#f2c500", green: "#2e8540" };
const POINTS: Partial<Record<Kind, string>> = {
  posts: "#2b7cc9", points: "#a062c7", checkpoints: "#d0453d", premises: "#7d9140", // as in map.css
};

export function isDark(): boolean {
  const chosen = document.documentElement.dataset.bsTheme;
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

const palette = (): Palette => (isDark() ? DARK : LIGHT);

function emptyStyle(): StyleSpecification {
  return {
    version: 8,
    sources: {},
    layers: [{ id: "ground", type: "background", paint: { "background-color": palette().ground } }],
  };
}

/** Draw the county's places into `container`; its data attributes carry the translated words. */
export function createMap(container: HTMLElement, options: MapOptions): CountyMap {
  const map = openMap(container);
  const bounds = new LngLatBounds();
  const fit = () => { if (!bounds.isEmpty()) map.fitBounds(bounds, { padding: 24, animate: false }); };
  const ready = whenLoaded(map).then(() => addPlaces(map, options, bounds, fit));
  followTheme(map);
  printAsPicture(map);
  return {
    map, ready, fit,
    show: (kind, visible) => showLayers(map, kind, visible),
    reload: async (kind) => {
      await ready;
      const found = await load(options, kind);
      (map.getSource(kind) as GeoJSONSource | undefined)?.setData(found);
    },
    paintBeats: (colours) => void ready.then(() => paintBeats(map, colours)),
  };
}

function openMap(container: HTMLElement): MapLibreMap {
  const words = container.dataset;
  try {
    const map = new MapLibreMap({
      container, style: emptyStyle(), center: [0, 0], zoom: 1, maxZoom: 20, attributionControl: false,
      dragRotate: false, pitchWithRotate: false, touchPitch: false, cooperativeGestures: false,
      locale: {
        "NavigationControl.ZoomIn": words.zoomIn ?? "Zoom in",
        "NavigationControl.ZoomOut": words.zoomOut ?? "Zoom out",
        "Map.Title": words.title ?? "Map",
      },
    });
    map.touchZoomRotate.disableRotation();
    map.addControl(new NavigationControl({ showCompass: false }), "top-right");
    map.addControl(new ScaleControl({ unit: "metric" }), "bottom-left");
    map.addControl(new AttributionControl({ compact: true, customAttribution: words.attribution ?? "" }));
    return map;
  } catch (error) {
    container.textContent = words.unavailable ?? "This browser cannot draw the map.";
    container.classList.add("map-unavailable");
    throw error;
  }
}

function whenLoaded(map: MapLibreMap): Promise<void> {
  return new Promise((resolve) => { map.once("load", () => resolve()); });
}

async function addPlaces(map: MapLibreMap, options: MapOptions, bounds: LngLatBounds, fit: () => void) {
  const kinds = [...new Set([...options.layers.filter((kind) => kind === "areas"), ...GROUND, ...options.layers])];
  const answers = await Promise.allSettled(kinds.map((kind) => load(options, kind)));
  const failed: Kind[] = [];
  const labels: LayerSpecification[] = [];
  kinds.forEach((kind, i) => {
    const answer = answers[i];
    if (answer.status === "rejected") { failed.push(kind); return; }
    if (!isGround(kind) && kind !== "closures") extend(bounds, answer.value);
    map.addSource(kind, { type: "geojson", data: answer.value, promoteId: isGround(kind) ? undefined : "code" });
    for (const layer of layersOf(kind)) {
      if (layer.type === "symbol") labels.push(layer);
      else map.addLayer(layer);
    }
    if (options.onSelect && !isGround(kind)) map.on("click", mainLayer(kind), (event) => select(options, kind, event.features));
  });
  fit();
  if (labels.length) await fontFor(answers);
  for (const layer of labels) map.addLayer(layer); // names stay above every line
  return { failed };
}

// A map draws each glyph once and keeps it: without its slice of the Chinese font it would stay a box.
async function fontFor(answers: PromiseSettledResult<FeatureCollection>[]): Promise<void> {
  const told = answers.map((answer) =>
    answer.status === "fulfilled" ? JSON.stringify(answer.value.features.map((one) => one.properties)) : "");
  const text = [...new Set(told.join("").match(/[\u3400-\u9fff]/g) ?? [])].join("");
  if (!text) return;
  const slices = document.fonts.load('24px "Noto Sans SC"', text);
  const late = new Promise((resolve) => { setTimeout(resolve, FONT_MS); });
  await Promise.race([slices, late]).catch(() => undefined); // without the font the names are boxes, the map is not gone
}

async function load(options: MapOptions, kind: Kind): Promise<FeatureCollection> {
  const address = `${options.featuresUrl.replace("KIND", kind)}?county=${options.county}`;
  const answer = await fetch(address, { credentials: "same-origin" });
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return (await answer.json()) as FeatureCollection;
}

function select(options: MapOptions, kind: Kind, features: MapGeoJSONFeature[] | undefined) {
  if (features?.length) options.onSelect?.(kind, features[0].properties);
}

export function extend(bounds: LngLatBounds, collection: FeatureCollection): void {
  const walk = (part: unknown): void => {
    if (!Array.isArray(part)) return;
    if (typeof part[0] === "number") bounds.extend([part[0], part[1] as number]);
    else part.forEach(walk);
  };
  for (const { geometry } of collection.features) {
    if (geometry && "coordinates" in geometry) walk(geometry.coordinates);
  }
}

const mainLayer = (kind: Kind): string =>
  kind === "areas" || kind === "beats" || kind === "grids" ? `${kind}-fill` : `${kind}-mark`;

/** The alert colour that `paintBeats` set on a beat, else none. */
const BY_ALERT: ExpressionSpecification = [
  "match", ["coalesce", ["feature-state", "colour"], ""],
  "red", ALERT.red, "orange", ALERT.orange, "yellow", ALERT.yellow, "green", ALERT.green, "rgba(0,0,0,0)",
];

function layersOf(kind: Kind): LayerSpecification[] {
  if (isGround(kind)) return groundLayers(kind, isDark());
  if (kind === "areas") return areaLayers();
  if (kind === "beats") return [fill("beats", BY_ALERT, 0.45), outline("beats", palette().strong, 1.6), label("beats", 12)];
  if (kind === "grids") return [fill("grids", palette().accent, 0.04), outline("grids", palette().line, 0.6)];
  if (kind === "lines") return [lineMark()];
  if (kind === "closures") return closureLayers();
  return [pointMark(kind), label(kind, 12, 13)];
}

function areaLayers(): LayerSpecification[] {
  return [
    fill("areas", palette().land, 1), outline("areas", palette().strong, 1),
    { ...label("areas", 13), filter: ["==", ["get", "level"], 9] } as LayerSpecification,
  ];
}

function fill(kind: Kind, colour: string | ExpressionSpecification, opacity: number): LayerSpecification {
  return {
    id: `${kind}-fill`, type: "fill", source: kind, filter: ["==", ["geometry-type"], "Polygon"],
    paint: { "fill-color": colour, "fill-opacity": opacity },
  };
}

function outline(kind: Kind, colour: string, width: number): LayerSpecification {
  return {
    id: `${kind}-line`, type: "line", source: kind, filter: ["==", ["geometry-type"], "Polygon"],
    paint: { "line-color": colour, "line-width": width },
  };
}

function lineMark(): LayerSpecification {
  return { id: "lines-mark", type: "line", source: "lines", paint: { "line-color": "#a062c7", "line-width": 3 } };
}

/** Closed roads red, slowed ones orange and dashed; each with its name. */
function closureLayers(): LayerSpecification[] {
  const ink: ExpressionSpecification = ["case", ["==", ["get", "slowdown"], null], ALERT.red, ALERT.orange];
  return [
    { ...fill("closures", ink, 0.25), id: "closures-fill" } as LayerSpecification,
    {
      id: "closures-casing", type: "line", source: "closures", filter: ["!=", ["geometry-type"], "Point"],
      paint: { "line-color": "#ffffff", "line-width": 7 },
    },
    {
      id: "closures-mark", type: "line", source: "closures", filter: ["!=", ["geometry-type"], "Point"],
      paint: { "line-color": ink, "line-width": 4, "line-dasharray": [2, 0.6] },
    },
    {
      id: "closures-point", type: "circle", source: "closures", filter: ["==", ["geometry-type"], "Point"],
      paint: { "circle-radius": 8, "circle-color": ink, "circle-stroke-color": "#ffffff", "circle-stroke-width": 3 },
    },
    label("closures", 12, 11),
  ];
}

function pointMark(kind: Kind): LayerSpecification {
  return {
    id: `${kind}-mark`, type: "circle", source: kind,
    paint: {
      "circle-radius": ["interpolate", ["linear"], ["zoom"], 9, 3, 15, 8], "circle-color": POINTS[kind] ?? "#0b5cad",
      "circle-stroke-color": "#ffffff", "circle-stroke-width": 1.5,
    },
  };
}

function label(kind: Kind, size: number, minzoom = 0): LayerSpecification {
  return {
    id: `${kind}-label`, type: "symbol", source: kind, minzoom,
    layout: {
      "text-field": ["get", "name"], "text-size": size, "text-font": LABEL_FONT, "text-padding": 6,
      "text-max-width": 8,
    },
    paint: { "text-color": palette().text, "text-halo-color": palette().halo, "text-halo-width": 1.5 },
  };
}

function showLayers(map: MapLibreMap, kind: Kind, visible: boolean): void {
  for (const layer of map.getStyle().layers) {
    if (layer.id.startsWith(`${kind}-`)) map.setLayoutProperty(layer.id, "visibility", visible ? "visible" : "none");
  }
}

function paintBeats(map: MapLibreMap, colours: Record<string, string>): void {
  if (!map.getSource("beats")) return;
  for (const [code, colour] of Object.entries(colours)) map.setFeatureState({ source: "beats", id: code }, { colour });
}

/** Paper cannot show a live canvas: put a picture of the map in its place. */
function printAsPicture(map: MapLibreMap): void {
  const picture = document.createElement("img");
  picture.className = "map-printed";
  picture.alt = "";
  map.getContainer().append(picture);
  addEventListener("beforeprint", () => {
    map.redraw();
    picture.src = map.getCanvas().toDataURL("image/png");
  });
}

/** Repaint when the reader changes the theme; layers keep their data. */
function followTheme(map: MapLibreMap): void {
  const repaint = () => {
    const colours = palette();
    repaintGround(map, isDark());
    for (const { id, type } of map.getStyle()?.layers ?? []) {
      if (id === "ground") map.setPaintProperty(id, "background-color", colours.ground);
      if (id === "areas-fill") map.setPaintProperty(id, "fill-color", colours.land);
      if (id === "grids-fill") map.setPaintProperty(id, "fill-color", colours.accent);
      if (id === "grids-line") map.setPaintProperty(id, "line-color", colours.line);
      if (id === "areas-line" || id === "beats-line") map.setPaintProperty(id, "line-color", colours.strong);
      if (type === "symbol" && id !== "base-label" && id !== "roads-label") {
        map.setPaintProperty(id, "text-color", colours.text);
        map.setPaintProperty(id, "text-halo-color", colours.halo);
      }
    }
  };
  new MutationObserver(repaint).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
}

/** Show a place's facts beside it; `lines` are put in as text, never as markup. */
export function popup(map: MapLibreMap, at: [number, number], lines: string[]): Popup {
  const box = document.createElement("div");
  lines.forEach((line, i) => {
    const row = document.createElement(i === 0 ? "strong" : "div");
    row.textContent = line;
    box.append(row);
  });
  return new Popup({ maxWidth: "280px" }).setLngLat(at).setDOMContent(box).addTo(map);
}
