// Where units have moved since the snapshot, as the live stream tells it.
import type { FeatureCollection, Point } from "geojson";

/** Unit, longitude, latitude, milliseconds of the fix, m/s, degrees from north. */
export type Moved = [number, number, number, number, number | null, number | null];

/** Read an event `positions` of the stream. */
export const movedIn = (data: string): Moved[] => (JSON.parse(data) as { units: Moved[] }).units;

export class Moves {
  private last = new Map<number, Moved>();

  /** Take over where units have moved. */
  put(units: Moved[]): void {
    for (const moved of units) this.last.set(moved[0], moved);
  }

  /** Put units where the stream last saw them; one whose position the snapshot does not know stays at its post. */
  over(units: FeatureCollection): FeatureCollection {
    for (const unit of units.features) {
      const properties = unit.properties as { id: number; age: number | null };
      const moved = this.last.get(properties.id);
      if (!moved) continue;
      if (properties.age === null && moved[3] < Date.now() - 60_000) { this.last.delete(properties.id); continue; }
      (unit.geometry as Point).coordinates = [moved[1], moved[2]];
    }
    return units;
  }
}
