// The briefing and the plan: beats by colour, hot spots and posts on the map; the rhythm as shaded cells.
import { HeatmapChart } from "echarts/charts";
import { GridComponent, TooltipComponent, VisualMapComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import type { FeatureCollection } from "geojson";
import { createMap, isDark } from "./map";
import type { Kind } from "./map";
import { LABEL_FONT } from "./ground";
import "./briefing.css";

use([HeatmapChart, GridComponent, TooltipComponent, VisualMapComponent, SVGRenderer]);

function read<T>(id: string, otherwise: T): T {
  const text = document.getElementById(id)?.textContent;
  return text ? (JSON.parse(text) as T) : otherwise;
}

function points(places: number[][]): FeatureCollection {
  return {
    type: "FeatureCollection",
    features: places.map((coordinates, i) => ({
      type: "Feature", geometry: { type: "Point", coordinates }, properties: { label: String(i + 1) },
    })),
  };
}

function drawMap(box: HTMLElement): void {
  const { featuresUrl = "", county = "", layers = "" } = box.dataset;
  const drawn = createMap(box, { featuresUrl, county, layers: layers.split(" ") as Kind[] });
  drawn.paintBeats(read<Record<string, string>>("beat-colours", {}));
  void drawn.ready.then(({ failed }) => {
    if (failed.length && box.dataset.failed) box.insertAdjacentText("afterend", box.dataset.failed);
    addPosts(drawn.map, read<number[][]>("plan-posts", []));
    addSpots(drawn.map, read<number[][]>("hot-spots", []));
  });
}

type Map = ReturnType<typeof createMap>["map"];

function addPosts(map: Map, posts: number[][]): void {
  map.addSource("plan-posts", { type: "geojson", data: points(posts) });
  map.addLayer({
    id: "plan-posts", type: "circle", source: "plan-posts",
    paint: { "circle-radius": 5, "circle-color": "#0b5cad", "circle-stroke-color": "#fff", "circle-stroke-width": 1.5 },
  });
}

function addSpots(map: Map, spots: number[][]): void {
  map.addSource("hot-spots", { type: "geojson", data: points(spots) });
  map.addLayer({
    id: "hot-spots", type: "circle", source: "hot-spots",
    paint: { "circle-radius": 10, "circle-color": "#1c2b36", "circle-stroke-color": "#fff", "circle-stroke-width": 2 },
  });
  map.addLayer({
    id: "hot-spots-label", type: "symbol", source: "hot-spots",
    layout: { "text-field": ["get", "label"], "text-size": 12, "text-font": LABEL_FONT, "text-allow-overlap": true },
    paint: { "text-color": "#fff" },
  });
}

function drawHeat(box: HTMLElement): void {
  const values = read<number[][]>(box.dataset.heat ?? "", []);
  const rows = (box.dataset.rows ?? "").split("|");
  const columns = (box.dataset.columns ?? "").split("|");
  const most = Math.max(1e-9, ...values.flat());
  const ink = isDark() ? "#eef3f6" : "#1c2b36";
  const chart = init(box, null, { renderer: "svg" });
  chart.setOption({
    animation: false,
    grid: { left: 48, right: 8, top: 8, bottom: 24 },
    tooltip: { confine: true },
    xAxis: { type: "category", data: columns, axisLabel: { color: ink } },
    yAxis: { type: "category", data: rows, inverse: true, axisLabel: { color: ink } },
    visualMap: { min: 0, max: most, show: false, inRange: { color: isDark() ? ["#1b252c", "#79b8ff"] : ["#f4f8fb", "#0b5c8c"] } },
    series: [{ type: "heatmap", data: values.flatMap((row, y) => row.map((value, x) => [x, y, value])) }],
  });
  new ResizeObserver(() => {
    chart.resize();
    // With a view box, paper can scale the drawing to its own width.
    box.querySelector("svg")?.setAttribute("viewBox", `0 0 ${chart.getWidth()} ${chart.getHeight()}`);
  }).observe(box);
}

const box = document.getElementById("briefing-map");
if (box) drawMap(box);
document.querySelectorAll<HTMLElement>("[data-heat]").forEach(drawHeat);
document.querySelectorAll<HTMLFormElement>("form[data-busy]").forEach((form) => {
  form.addEventListener("submit", () => {
    const button = form.querySelector("button");
    if (button) { button.disabled = true; button.textContent = form.dataset.busy ?? button.textContent; }
  });
});
