// What held at a second of the night.

export type Facts = Record<string, unknown>;
export type Spans = [number, number, Facts][];
export interface Night {
  begin: string;
  zone: string;
  seconds: number;
  fixes: number;
  incidents: { id: number; name: string; address: string; spans: Spans }[];
  units: { id: number; sign: string; spans: Spans; fixes: [number, number, number][] }[];
}

/** A position older than this says nothing any more. */
const STALE_S = 600;

/** The facts of the span that a second lies in; the last span holds to its end. */
export function active(spans: Spans, second: number): Facts | null {
  for (let place = spans.length - 1; place >= 0; place -= 1) {
    const [from, until, facts] = spans[place];
    if (from <= second && (second < until || (place === spans.length - 1 && second <= until))) return facts;
  }
  return null;
}

/** Where a unit was: between two fixes in proportion, at the last for ten minutes, else unknown. */
export function placeAt(fixes: [number, number, number][], second: number): [number, number] | null {
  let low = 0, high = fixes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (fixes[middle][0] <= second) low = middle + 1; else high = middle;
  }
  const before = fixes[low - 1], after = fixes[low];
  if (!before || second - before[0] > STALE_S) return null;
  if (!after || after[0] - before[0] > STALE_S) return [before[1], before[2]];
  const share = (second - before[0]) / (after[0] - before[0]);
  return [before[1] + share * (after[1] - before[1]), before[2] + share * (after[2] - before[2])];
}
