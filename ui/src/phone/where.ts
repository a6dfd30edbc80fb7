// Where the phone is: fixes while on duty, and how far a place is.
import type { Fix, Place } from "./types";

const EARTH_M = 6_371_008.8;
const EVERY_MS = 15_000;
const FRESH_MS = 60_000;

let watch: number | null = null;
let last: Fix | null = null;

/** The last fix if it is fresh. */
export function fresh(): Fix | null {
  return last && Date.now() - last.at < FRESH_MS ? last : null;
}

export function watching(): boolean {
  return watch !== null;
}

/** Follow the phone; `onFix` gets a fix every quarter of a minute at most, `onDenied` that there will be none. */
export function follow(onFix: (fix: Fix) => void, onDenied: () => void): void {
  if (watch !== null || !("geolocation" in navigator)) return;
  let told = 0;
  watch = navigator.geolocation.watchPosition((found) => {
    last = fixOf(found);
    if (Date.now() - told < EVERY_MS) return;
    told = Date.now();
    onFix(last);
  }, (error) => {
    if (error.code === error.PERMISSION_DENIED) { unfollow(); onDenied(); }
  }, { enableHighAccuracy: true, maximumAge: 10_000 });
}

export function unfollow(): void {
  if (watch !== null) navigator.geolocation.clearWatch(watch);
  watch = null;
  last = null;
}

function fixOf(found: GeolocationPosition): Fix {
  return { at: found.timestamp, lon: found.coords.longitude, lat: found.coords.latitude };
}

/** Where the phone is now, null where it does not say. */
export function here(): Promise<Fix | null> {
  if (!("geolocation" in navigator)) return Promise.resolve(null);
  return new Promise((done) => {
    navigator.geolocation.getCurrentPosition((found) => { last = fixOf(found); done(last); }, () => done(null),
      { enableHighAccuracy: true, maximumAge: 0, timeout: 15_000 });
  });
}

/** Metres to a place, to the nearest stretch of a line; null where it is not known where that is. */
export function metresTo(place: Place, at: { lon: number; lat: number }): number | null {
  if (place.course?.length) return Math.min(...place.course.map((part) => toLine(part, at)));
  if (place.lon === null || place.lat === null) return null;
  return Math.hypot(...plane([place.lon, place.lat], at));
}

function plane([lon, lat]: [number, number], at: { lon: number; lat: number }): [number, number] {
  const degree = (Math.PI / 180) * EARTH_M;
  return [(lon - at.lon) * degree * Math.cos((at.lat * Math.PI) / 180), (lat - at.lat) * degree];
}

function toLine(part: [number, number][], at: { lon: number; lat: number }): number {
  const points = part.map((point) => plane(point, at));
  let least = Infinity;
  for (let i = 0; i + 1 < points.length; i += 1) least = Math.min(least, toPiece(points[i]!, points[i + 1]!));
  return least;
}

function toPiece([ax, ay]: [number, number], [bx, by]: [number, number]): number {
  const [dx, dy] = [bx - ax, by - ay];
  const length2 = dx * dx + dy * dy;
  const along = length2 ? Math.min(1, Math.max(0, -(ax * dx + ay * dy) / length2)) : 0;
  return Math.hypot(ax + along * dx, ay + along * dy);
}
