// The posts of a shift on the county's map: size by cars, a ring where pinned, a cross where forbidden.
import type { FeatureCollection } from "geojson";
import type { GeoJSONSource } from "maplibre-gl";
import { createMap, popup } from "../map";
import type { CountyMap, Kind } from "../map";
import type { Edits, Site } from "./edits";
import type { Shown } from "./posts";
import { LABEL_FONT } from "../ground";

const EMPTY: FeatureCollection = { type: "FeatureCollection", features: [] };

export class PostMap {
  private readonly county: CountyMap;
  private ready = false;
  private last: FeatureCollection = EMPTY;

  constructor(box: HTMLElement, colours: Record<string, string>, private readonly sites: Site[], onPost: (code: string) => void) {
    const { featuresUrl = "", county = "", layers = "" } = box.dataset;
    this.county = createMap(box, { featuresUrl, county, layers: layers.split(" ") as Kind[] });
    this.county.paintBeats(colours);
    void this.county.ready.then(({ failed }) => {
      if (failed.length && box.dataset.failed) document.getElementById("studio-note")!.textContent = box.dataset.failed;
      this.addLayers(onPost);
      this.ready = true;
      this.set(this.last);
    });
  }

  show(shift: string, posts: Record<string, Shown>, edits: Edits): void {
    this.set({
      type: "FeatureCollection",
      features: this.sites.map((site) => ({
        type: "Feature", geometry: { type: "Point", coordinates: [site.lon, site.lat] },
        properties: {
          code: site.code, name: site.name, cars: posts[site.code]?.cars ?? 0, label: String(posts[site.code]?.cars ?? ""),
          mark: edits.listed("pins", shift, site.code) ? "pin" : edits.listed("forbidden", shift, site.code) ? "no" : "",
        },
      })),
    });
  }

  private set(data: FeatureCollection): void {
    this.last = data;
    if (this.ready) (this.county.map.getSource("studio-posts") as GeoJSONSource).setData(data);
  }

  private addLayers(onPost: (code: string) => void): void {
    const { map } = this.county;
    map.addSource("studio-posts", { type: "geojson", data: this.last });
    map.addLayer({
      id: "studio-sites", type: "circle", source: "studio-posts", filter: ["==", ["get", "cars"], 0],
      paint: {
        "circle-radius": 4, "circle-color": ["match", ["get", "mark"], "no", "#c8102e", "pin", "#0b5cad", "#8a949c"],
        "circle-stroke-color": "#fff", "circle-stroke-width": 1,
      },
    });
    map.addLayer({
      id: "studio-cars", type: "circle", source: "studio-posts", filter: [">", ["get", "cars"], 0],
      paint: {
        "circle-radius": 10, "circle-color": "#0b5cad", "circle-stroke-width": 2.5,
        "circle-stroke-color": ["match", ["get", "mark"], "pin", "#ffd84d", "no", "#c8102e", "#fff"],
      },
    });
    map.addLayer({
      id: "studio-label", type: "symbol", source: "studio-posts", filter: [">", ["get", "cars"], 0],
      layout: { "text-field": ["get", "label"], "text-size": 12, "text-font": LABEL_FONT, "text-allow-overlap": true },
      paint: { "text-color": "#fff" },
    });
    for (const layer of ["studio-cars", "studio-sites"]) {
      map.on("click", layer, (event) => {
        const facts = event.features?.[0]?.properties;
        if (!facts) return;
        popup(map, [event.lngLat.lng, event.lngLat.lat], [String(facts.name)]);
        onPost(String(facts.code));
      });
    }
  }
}
