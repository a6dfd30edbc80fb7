// Ages that tick: every <time data-since> shows how long ago that was by the server's clock, and every
// <time data-fix> how old the last position of that unit is.
import type { Moved } from "./moves";

let offset = 0;
const fixes = new Map<string, string>();

/** Set the difference between the server's clock and this machine's from a moment the server just gave. */
export function setServerNow(iso: string): void {
  const server = Date.parse(iso);
  if (!Number.isNaN(server)) offset = server - Date.now();
}

export function age(since: string): string {
  const seconds = Math.max(0, Math.floor((Date.now() + offset - Date.parse(since)) / 1000));
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  if (hours >= 48) return `${Math.floor(hours / 24)} d`;
  const two = (n: number) => String(n).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** Take over when the last positions of units that moved were taken. */
export function setFixes(units: Moved[]): void {
  for (const [unit, , , at] of units) fixes.set(String(unit), new Date(at).toISOString());
}

export function tick(): void {
  for (const time of document.querySelectorAll<HTMLTimeElement>("time[data-fix]")) {
    const at = fixes.get(time.dataset.fix!);
    if (at) time.dateTime = time.dataset.since = at;
  }
  for (const time of document.querySelectorAll<HTMLTimeElement>("time[data-since]")) {
    time.textContent = age(time.dataset.since!);
  }
}

export function startTicking(): void {
  tick();
  setInterval(tick, 1000);
}
