// The places pages: the county's map with its layers, and the findings of the partition check.
import type { FeatureCollection } from "geojson";
import { createMap, popup } from "./map";
import type { CountyMap, Kind } from "./map";

function start(container: HTMLElement): void {
  const { featuresUrl = "", county = "", layers = "", findingsUrl, drawInto } = container.dataset;
  const kinds = layers.split(" ").filter(Boolean) as Kind[];
  let at: [number, number] = [0, 0];
  const shown = createMap(container, {
    featuresUrl, county, layers: kinds,
    onSelect: drawInto ? undefined : (kind, facts) => popup(shown.map, at, linesOf(kind, facts)),
  });
  shown.map.on("click", (event) => { at = [event.lngLat.lng, event.lngLat.lat]; });
  void shown.ready.then(({ failed }) => {
    if (failed.length) note(container.dataset.failed ?? "");
    bindLayers(shown);
    if (drawInto) void import("./draw").then(({ startDrawing }) => startDrawing(shown.map, drawInto));
    if (findingsUrl) void addFindings(shown, `${findingsUrl}?county=${county}`, container.dataset.failed ?? "");
  });
}

function linesOf(kind: Kind, facts: Record<string, unknown>): string[] {
  return [String(facts.name), kind === "closures" ? String(facts.until ?? "") : String(facts.code)];
}

function note(text: string): void {
  const place = document.getElementById("map-note");
  if (place) place.textContent = text;
}

function bindLayers(shown: CountyMap): void {
  for (const box of document.querySelectorAll<HTMLInputElement>("[data-layer]")) {
    const apply = () => shown.show(box.dataset.layer as Kind, box.checked);
    box.addEventListener("change", apply);
    apply();
  }
}

async function addFindings(shown: CountyMap, address: string, failed: string): Promise<void> {
  const answer = await fetch(address, { credentials: "same-origin" });
  if (!answer.ok) { note(failed); return; }
  const found = (await answer.json()) as FeatureCollection;
  shown.map.addSource("findings", { type: "geojson", data: found });
  shown.map.addLayer({
    id: "findings-fill", type: "fill", source: "findings", filter: ["==", ["geometry-type"], "Polygon"],
    paint: { "fill-color": "#c8102e", "fill-opacity": 0.6 },
  });
  shown.map.addLayer({
    id: "findings-mark", type: "circle", source: "findings", filter: ["==", ["geometry-type"], "Point"],
    paint: { "circle-radius": 7, "circle-color": "#c8102e", "circle-stroke-color": "#fff", "circle-stroke-width": 2 },
  });
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-lon][data-lat]")) {
    button.addEventListener("click", () => {
      shown.map.jumpTo({ center: [Number(button.dataset.lon), Number(button.dataset.lat)], zoom: 17 });
      shown.map.getContainer().scrollIntoView({ block: "nearest" });
    });
  }
}

for (const container of document.querySelectorAll<HTMLElement>(".county-map")) start(container);
