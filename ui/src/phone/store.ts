// What the phone keeps: snapshots of the duty, the outbox, and fixes not sent yet. All in IndexedDB.
import { openDB } from "idb";
import type { DBSchema, IDBPDatabase } from "idb";
import type { Action, Fix, Snapshot } from "./types";

interface Duty extends DBSchema {
  snapshots: { key: number; value: Snapshot };
  outbox: { key: number; value: Action };
  fixes: { key: number; value: Fix };
  settings: { key: string; value: unknown };
}

let opened: Promise<IDBPDatabase<Duty>> | undefined;

function db(): Promise<IDBPDatabase<Duty>> {
  opened ??= openDB<Duty>("anlan-duty", 1, {
    upgrade(made) {
      made.createObjectStore("snapshots");
      made.createObjectStore("outbox", { keyPath: "seq", autoIncrement: true });
      made.createObjectStore("fixes", { autoIncrement: true });
      made.createObjectStore("settings");
    },
  });
  return opened;
}

/** The duty that the phone kept last, of the unit chosen last. */
export async function lastSnapshot(): Promise<Snapshot | undefined> {
  const unit = await setting<number>("unit");
  return unit === undefined ? undefined : (await db()).get("snapshots", unit);
}

export async function snapshotOf(unit: number): Promise<Snapshot | undefined> {
  return (await db()).get("snapshots", unit);
}

/** Keep a snapshot and drop the actions in it that were done before it was asked for. */
export async function keepSnapshot(snapshot: Snapshot, done: readonly Action[]): Promise<void> {
  const change = (await db()).transaction(["snapshots", "outbox", "settings"], "readwrite");
  const unit = snapshot.unit?.id ?? 0;
  await change.objectStore("snapshots").put(snapshot, unit);
  await change.objectStore("settings").put(unit, "unit");
  for (const action of done) await change.objectStore("outbox").delete(action.seq!);
  await change.done;
}

/** Forget the duty, when somebody signs out; what waits to be sent stays. */
export async function forgetSnapshots(): Promise<void> {
  await (await db()).clear("snapshots");
}

export async function actions(): Promise<Action[]> {
  return (await db()).getAll("outbox");
}

export async function addAction(action: Action): Promise<void> {
  await (await db()).add("outbox", action);
}

export async function changeAction(action: Action): Promise<void> {
  await (await db()).put("outbox", action);
}

export async function dropAction(action: Action): Promise<void> {
  await (await db()).delete("outbox", action.seq!);
}

export async function addFix(fix: Fix): Promise<void> {
  await (await db()).add("fixes", fix);
}

/** Turn the fixes kept so far into actions, all or none; `make` is given at most `most` of them. */
export async function packFixes(most: number, make: (fixes: Fix[]) => Action): Promise<void> {
  const change = (await db()).transaction(["fixes", "outbox"], "readwrite");
  const fixes = await change.objectStore("fixes").getAll();
  for (let at = 0; at < fixes.length; at += most) {
    await change.objectStore("outbox").add(make(fixes.slice(at, at + most)));
  }
  await change.objectStore("fixes").clear();
  await change.done;
}

export async function setting<T>(name: string): Promise<T | undefined> {
  return (await (await db()).get("settings", name)) as T | undefined;
}

export async function setSetting(name: string, value: unknown): Promise<void> {
  await (await db()).put("settings", value, name);
}
