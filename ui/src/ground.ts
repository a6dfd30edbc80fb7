// The ground of every map: water, green, rail, and the streets of the county's own road network.
import type { ExpressionSpecification, LayerSpecification, Map as MapLibreMap } from "maplibre-gl";

export type Ground = "base" | "roads";
export const GROUND: Ground[] = ["base", "roads"];
/** Of names on a map: the device's own, and the bundled Chinese one for what it lacks. */
export const LABEL_FONT = ["sans-serif", "Noto Sans SC"];
export const isGround = (kind: string): kind is Ground => kind === "base" || kind === "roads";

interface Ink { water: string; green: string; rail: string; casing: string; main: string; minor: string; street: string; river: string; halo: string }

const LIGHT: Ink = {
  water: "#b9d6ea", green: "#dcebd2", rail: "#8b8f94", casing: "#b08d3c", main: "#cfa64a", minor: "#a3adb5",
  street: "#43505a", river: "#23577d", halo: "#ffffff",
};
const DARK: Ink = {
  water: "#1f4a68", green: "#24372a", rail: "#6c757d", casing: "#a5854a", main: "#8a713f", minor: "#53626d",
  street: "#c4cfd7", river: "#9ccbee", halo: "#11181d",
};

type Paints = Record<string, Record<string, unknown>>;

/** What changes with the theme, by layer. */
function inks(dark: boolean): Paints {
  const ink = dark ? DARK : LIGHT;
  return {
    "base-fill": { "fill-color": byKind(ink) },
    "base-line": { "line-color": byKind(ink) },
    "base-label": { "text-color": ink.river, "text-halo-color": ink.halo },
    "roads-line": {
      "line-color": ["match", ["get", "tier"], "motorway", ink.casing, ["main", "link"], ink.main, ink.minor],
    },
    "roads-label": { "text-color": ink.street, "text-halo-color": ink.halo },
  };
}

const byKind = (ink: Ink): ExpressionSpecification =>
  ["match", ["get", "kind"], "water", ink.water, "green", ink.green, ink.rail];

/** Widths in pixels by tier; small streets show from the zoom at which they can be told apart. */
const WIDTH: ExpressionSpecification = [
  "interpolate", ["exponential", 1.5], ["zoom"],
  8, ["match", ["get", "tier"], "motorway", 1.6, "main", 1.1, "middle", 0.5, 0.15],
  12, ["match", ["get", "tier"], "motorway", 3.2, "main", 2.4, "middle", 1.6, "link", 1.2, 0.7],
  16, ["match", ["get", "tier"], "motorway", 9, "main", 8, "middle", 6, "link", 4, "small", 2, 4],
];

/** Main streets on top of smaller ones. */
const RANK: ExpressionSpecification = [
  "match", ["get", "tier"], "motorway", 5, "main", 4, "link", 3, "middle", 2, "minor", 1, 0,
];

export function groundLayers(kind: Ground, dark: boolean): LayerSpecification[] {
  const paints = inks(dark);
  return kind === "base" ? baseLayers(paints) : roadLayers(paints);
}

function baseLayers(paints: Paints): LayerSpecification[] {
  return [
    { id: "base-fill", type: "fill", source: "base", filter: ["==", ["geometry-type"], "Polygon"], paint: paints["base-fill"] },
    {
      id: "base-line", type: "line", source: "base", filter: ["==", ["geometry-type"], "LineString"],
      paint: { ...paints["base-line"], "line-width": 1.5 },
    },
    {
      id: "base-label", type: "symbol", source: "base",
      layout: { "text-field": ["get", "name"], "text-size": 12, "text-font": LABEL_FONT },
      paint: { ...paints["base-label"], "text-halo-width": 1.5 },
    },
  ] as LayerSpecification[];
}

function roadLayers(paints: Paints): LayerSpecification[] {
  return [
    {
      id: "roads-line", type: "line", source: "roads",
      layout: { "line-cap": "round", "line-join": "round", "line-sort-key": RANK },
      paint: { ...paints["roads-line"], "line-width": WIDTH },
    },
    {
      id: "roads-label", type: "symbol", source: "roads", minzoom: 11,
      filter: ["all", ["!=", ["get", "name"], ""], [
        "step", ["zoom"], ["match", ["get", "tier"], ["motorway", "main"], true, false],
        13, ["match", ["get", "tier"], ["motorway", "main", "middle"], true, false], 14.5, true,
      ]],
      layout: {
        "symbol-placement": "line", "symbol-spacing": 320, "text-field": ["get", "name"], "text-size": 11,
        "text-font": LABEL_FONT, "symbol-sort-key": ["-", 0, RANK],
      },
      paint: { ...paints["roads-label"], "text-halo-width": 1.5 },
    },
  ] as LayerSpecification[];
}

/** Put the ground in the colours of the theme now chosen. */
export function repaintGround(map: MapLibreMap, dark: boolean): void {
  for (const [layer, paint] of Object.entries(inks(dark))) {
    if (!map.getLayer(layer)) continue;
    for (const [name, value] of Object.entries(paint)) map.setPaintProperty(layer, name as "line-color", value as string);
  }
}
