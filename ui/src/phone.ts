// The crew's page on a cheap phone: the task at once, one tap an answer, the position only while on duty.
import "./phone/phone.css";
import { startTicking, tick } from "./board/ages";
import { postForm } from "./board/http";
import { connectLive } from "./live";
import type { LogEvent } from "./live";

interface Htmx { ajax(verb: string, url: string, options: { target: HTMLElement; swap: string }): Promise<void> }

const POSITION_MS = 15_000;
const REFRESH_MS = 30_000;

function startPhone(page: HTMLElement): void {
  const duty = document.getElementById("duty")!;
  const banner = document.getElementById("phone-stale")!;
  const onDuty = () => duty.querySelector<HTMLElement>("[data-on-duty]")?.dataset.onDuty === "1";
  let watch: number | null = null;
  let last = 0;

  const say = (text: string) => {
    const place = duty.querySelector(".share-state");
    if (place) place.textContent = text;
  };
  const stale = (on: boolean) => {
    banner.hidden = !on;
    banner.textContent = on ? page.dataset.stale! : "";
  };
  const refresh = () => {
    const htmx = (window as unknown as { htmx?: Htmx }).htmx;
    void htmx?.ajax("GET", page.dataset.part!, { target: duty, swap: "innerHTML" });
  };

  const stop = () => {
    if (watch !== null) navigator.geolocation.clearWatch(watch);
    watch = null;
    say("");
  };
  const report = async (fix: GeolocationPosition) => {
    if (!onDuty()) { stop(); return; }
    for (const form of duty.querySelectorAll<HTMLFormElement>("form[data-check-in]")) {
      (form.elements.namedItem("lon") as HTMLInputElement).value = String(fix.coords.longitude);
      (form.elements.namedItem("lat") as HTMLInputElement).value = String(fix.coords.latitude);
    }
    if (Date.now() - last < POSITION_MS) return;
    last = Date.now();
    const { longitude, latitude } = fix.coords;
    try {
      await postForm(page.dataset.position!, { lon: String(longitude), lat: String(latitude), at: String(fix.timestamp) });
      say(page.dataset.sent!);
    } catch {
      say("");
    }
  };
  const share = () => {
    if (watch !== null || !onDuty() || !("geolocation" in navigator)) return;
    watch = navigator.geolocation.watchPosition(
      (fix) => void report(fix), () => { stop(); say(page.dataset.denied!); },
      { enableHighAccuracy: true, maximumAge: 10_000 },
    );
  };

  page.addEventListener("click", (event) => {
    if ((event.target as HTMLElement).closest("[data-share]")) share();
  });
  document.body.addEventListener("htmx:afterSwap", () => {
    tick();
    if (watch !== null && !onDuty()) stop();
  });
  document.body.addEventListener("htmx:sendError", () => stale(true));
  document.body.addEventListener("htmx:afterOnLoad", () => stale(false));
  connectLive({
    url: `${page.dataset.stream}?county=${page.dataset.county}`,
    onEvent: (event: LogEvent) => {
      const about = String(event.data?.unit_id ?? "") === page.dataset.unit;
      if (about || event.verb === "incident.amended") refresh();
    },
    onState: (state) => {
      stale(state === "stale");
      if (state === "live") refresh();
    },
  });
  setInterval(() => { if (!document.hidden) refresh(); }, REFRESH_MS);
  startTicking();
}

const page = document.getElementById("duty-page");
if (page) startPhone(page);
