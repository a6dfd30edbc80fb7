// The replay of a night: what the server folded from the log, at the moment that the slider names.
import type { Feature, FeatureCollection } from "geojson";
import type { GeoJSONSource } from "maplibre-gl";
import { getJson } from "../board/http";
import { listen } from "../board/keys";
import { createMap, isDark } from "../map";
import type { CountyMap } from "../map";
import { active, placeAt } from "./moment";
import type { Night } from "./moment";
import { LABEL_FONT } from "../ground";

const SPEEDS = [10, 60, 300, 900];
const PRIORITY = ["match", ["get", "priority"], 1, "#c8102e", 2, "#d9640b", 3, "#0b5cad", "#5f6b73"];
const STATE = ["match", ["get", "state"], "available", "#2e8540", "on_scene", "#7a3fa0", "#0b5cad"];
const byId = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;

function collection(features: Feature[]): FeatureCollection {
  return { type: "FeatureCollection", features };
}

function point(lon: number, lat: number, properties: Record<string, unknown>): Feature {
  return { type: "Feature", geometry: { type: "Point", coordinates: [lon, lat] }, properties };
}

function addLayers({ map }: CountyMap): void {
  const ink = isDark() ? "#eef3f6" : "#1c2b36", halo = isDark() ? "#11181d" : "#ffffff";
  for (const [name, radius, colour] of [["units", 5, STATE], ["incidents", 9, PRIORITY]] as const) {
    map.addSource(`then-${name}`, { type: "geojson", data: collection([]) });
    map.addLayer({
      id: `then-${name}`, type: "circle", source: `then-${name}`,
      paint: { "circle-radius": radius, "circle-color": colour as never, "circle-stroke-color": halo, "circle-stroke-width": 1.5 },
    });
    map.addLayer({
      id: `then-${name}-label`, type: "symbol", source: `then-${name}`,
      layout: { "text-field": ["get", "label"], "text-size": 11, "text-font": LABEL_FONT, "text-offset": [0, 1.3] },
      paint: { "text-color": ink, "text-halo-color": halo, "text-halo-width": 1.5 },
    });
  }
}

class Player {
  private at = 0;
  private playing = 0;
  private readonly slider = byId<HTMLInputElement>("replay-at");
  private readonly speed = byId<HTMLSelectElement>("replay-speed");
  private readonly button = byId("replay-play");

  constructor(private readonly page: HTMLElement, private readonly night: Night, private readonly county: CountyMap | null) {
    this.slider.max = String(night.seconds);
    this.slider.addEventListener("input", () => this.go(Number(this.slider.value)));
    this.button.addEventListener("click", () => this.toggle());
    listen({
      " ": () => this.toggle(), ArrowLeft: () => this.go(this.at - 60), ArrowRight: () => this.go(this.at + 60),
      "+": () => this.faster(1), "-": () => this.faster(-1), Home: () => this.go(0), End: () => this.go(night.seconds),
    });
    document.addEventListener("keydown", (event) => {
      if (!event.shiftKey || !["ArrowLeft", "ArrowRight"].includes(event.key) || event.target !== document.body) return;
      this.go(this.at + (event.key === "ArrowLeft" ? -540 : 540)); // the key itself went one minute
    });
    this.go(0);
  }

  private faster(step: number): void {
    const place = SPEEDS.indexOf(Number(this.speed.value)) + step;
    this.speed.value = String(SPEEDS[Math.min(Math.max(place, 0), SPEEDS.length - 1)]);
  }

  private toggle(): void {
    if (this.playing) { this.pause(); return; }
    if (this.at >= this.night.seconds) this.go(0);
    let last = performance.now();
    const step = (now: number) => {
      this.go(this.at + ((now - last) / 1000) * Number(this.speed.value));
      last = now;
      if (this.at >= this.night.seconds) this.pause();
      else if (this.playing) this.playing = requestAnimationFrame(step);
    };
    this.playing = requestAnimationFrame(step);
    this.button.textContent = this.page.dataset.pause!;
  }

  private pause(): void {
    cancelAnimationFrame(this.playing);
    this.playing = 0;
    this.button.textContent = this.page.dataset.play!;
  }

  go(second: number): void {
    this.at = Math.min(Math.max(second, 0), this.night.seconds);
    this.slider.value = String(this.at);
    const clock = new Date(Date.parse(this.night.begin) + this.at * 1000);
    const text = new Intl.DateTimeFormat(document.documentElement.lang, {
      month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false, timeZone: this.night.zone,
    }).format(clock);
    byId("replay-clock").textContent = text;
    this.slider.setAttribute("aria-valuetext", text);
    this.draw();
  }

  private draw(): void {
    const open = this.night.incidents.flatMap((one) => {
      const facts = active(one.spans, this.at);
      return facts && facts.status !== "closed" ? [{ one, facts }] : [];
    });
    open.sort((a, b) => Number(a.facts.priority) - Number(b.facts.priority));
    const units = this.night.units.flatMap((one) => {
      const facts = active(one.spans, this.at);
      return facts && facts.state !== "off_duty" ? [{ one, facts }] : [];
    });
    const numbers = new Map(open.map(({ one, facts }) => [one.id, String(facts.number)]));
    const there = (id: number) => units.filter(({ facts }) => facts.incident === id).map(({ one }) => one.sign);
    const list = byId("replay-list");
    list.replaceChildren(...open.map(({ one, facts }) => {
      const item = document.createElement("li");
      const prio = document.createElement("span");
      prio.className = `prio prio-${facts.priority}`;
      prio.textContent = String(facts.priority);
      const what = document.createElement("span");
      what.textContent = `${facts.number} ${one.name} · ${one.address}`;
      const who = document.createElement("span");
      who.className = "quiet";
      who.textContent = there(one.id).join(" ");
      item.append(prio, what, who);
      return item;
    }));
    const busy = units.filter(({ facts }) => facts.incident !== null).length;
    byId("replay-counts").textContent = `${units.length - busy} ${this.page.dataset.free} · ${busy} ${this.page.dataset.busy}`;
    if (!this.county) return;
    const incidents = open.flatMap(({ one, facts }) => (facts.lon === null ? [] : [
      point(facts.lon as number, facts.lat as number, { priority: facts.priority, label: numbers.get(one.id)!.split("-").pop() }),
    ]));
    const cars = units.flatMap(({ one, facts }) => {
      const at = placeAt(one.fixes, this.at);
      return at ? [point(at[0], at[1], { state: facts.state, label: one.sign })] : [];
    });
    (this.county.map.getSource("then-incidents") as GeoJSONSource | undefined)?.setData(collection(incidents));
    (this.county.map.getSource("then-units") as GeoJSONSource | undefined)?.setData(collection(cars));
  }
}

export async function openReplay(page: HTMLElement): Promise<void> {
  const word = byId("replay-word");
  word.textContent = page.dataset.loading!;
  let night: Night;
  try {
    night = await getJson<Night>(page.dataset.data!);
  } catch {
    word.textContent = page.dataset.failed!;
    return;
  }
  word.textContent = night.incidents.length ? (night.fixes ? "" : page.dataset.noFixes!) : page.dataset.nothing!;
  let county: CountyMap | null = null;
  try {
    const place = byId("replay-map");
    county = createMap(place, { featuresUrl: place.dataset.places!, county: page.dataset.county!, layers: ["areas", "beats"] });
    await county.ready;
    addLayers(county);
  } catch {
    county = null; // the list and the clock work without a map
  }
  new Player(page, night, county);
}
