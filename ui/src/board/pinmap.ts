// The call form's map: a click sets the pin; the fields stay the truth and work without it.
import type { GeoJSONSource } from "maplibre-gl";
import { createMap } from "../map";

export function openPinMap(place: HTMLElement): void {
  const field = (name: string) => document.querySelector<HTMLInputElement>(`#call-form [name=${name}]`)!;
  const county = createMap(place, {
    featuresUrl: place.dataset.places!, county: place.dataset.county!, layers: ["areas", "beats", "premises"],
  });
  const pin = () => {
    const [lon, lat] = [Number(field("lon").value), Number(field("lat").value)];
    const set = field("lon").value.trim() !== "" && field("lat").value.trim() !== "" && isFinite(lon) && isFinite(lat);
    const point = { type: "Feature" as const, properties: {}, geometry: { type: "Point" as const, coordinates: [lon, lat] } };
    return { type: "FeatureCollection" as const, features: set ? [point] : [] };
  };
  void county.ready.then(() => {
    county.map.addSource("pin", { type: "geojson", data: pin() });
    county.map.addLayer({
      id: "pin-mark", type: "circle", source: "pin",
      paint: { "circle-radius": 9, "circle-color": "#c8102e", "circle-stroke-color": "#ffffff", "circle-stroke-width": 3 },
    });
    const redraw = () => (county.map.getSource("pin") as GeoJSONSource).setData(pin());
    field("lon").addEventListener("input", redraw);
    field("lat").addEventListener("input", redraw);
    field("lon").form!.addEventListener("pin", () => {
      redraw();
      const [set] = pin().features;
      if (set) county.map.easeTo({ center: set.geometry.coordinates as [number, number], zoom: Math.max(county.map.getZoom(), 15) });
    });
    county.map.on("click", (event) => {
      field("lon").value = event.lngLat.lng.toFixed(6);
      field("lat").value = event.lngLat.lat.toFixed(6);
      field("lon").form!.dispatchEvent(new CustomEvent("pin", { detail: "" }));
    });
  });
}
