// Ages that tick: every <time data-since> shows how long ago that was by the server's clock.

let offset = 0;

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

export function tick(): void {
  for (const time of document.querySelectorAll<HTMLTimeElement>("time[data-since]")) {
    time.textContent = age(time.dataset.since!);
  }
}

export function startTicking(): void {
  tick();
  setInterval(tick, 1000);
}
