// The outbox: every action goes in before the screen says so, and out in order, once, when the site answers.
import { actions, addAction, changeAction, packFixes } from "./store";
import type { Action, Fix, Kind } from "./types";

const MOST_ITEMS = 50;
const MOST_BYTES = 1_200_000;
const MOST_FIXES = 400;
const WAIT_MS = 60_000;

/** How a try to send ended; `left` says that something still waits. */
export type Outcome = "sent" | "offline" | "signed-out" | "other-account" | "later";

interface Answer { key: string; state: "done" | "refused" | "asks"; reason: string }

export function csrf(): string {
  return /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie)?.[1] ?? "";
}

export function newAction(kind: Kind, about: { account: number; unit: number }, data: Record<string, unknown>, said: string, at = new Date()): Action {
  return { key: crypto.randomUUID(), kind, ...about, at: at.toISOString(), data, said, state: "waiting" };
}

export async function put(action: Action): Promise<void> {
  await packed(action);
  await addAction(action);
}

/** Fixes from before an action go into the outbox before it. */
async function packed(about: { account: number; unit: number }): Promise<void> {
  await packFixes(MOST_FIXES, (fixes: Fix[]) => {
    const rows = fixes.map((fix) => [fix.at, fix.lon, fix.lat]);
    return newAction("track", about, { fixes: rows }, "", new Date(fixes.at(-1)!.at));
  });
}

/** What goes next: a call for help, then in the order in which it was done, as much as one message may hold. */
export function nextBatch(all: readonly Action[], account: number, most = MOST_ITEMS): Action[] {
  const mine = all.filter((action) => action.state === "waiting" && action.account === account);
  const urgent = (action: Action) => action.kind === "emergency";
  const waiting = [...mine.filter(urgent), ...mine.filter((action) => !urgent(action))];
  const batch: Action[] = [];
  let bytes = 0;
  for (const action of waiting.slice(0, most)) {
    bytes += JSON.stringify(action.data).length + 200;
    if (batch.length && bytes > MOST_BYTES) break;
    batch.push(action);
  }
  return batch;
}

function message(account: number, batch: readonly Action[]): string {
  const items = batch.map(({ key, kind, unit, at, data }) => ({ key, kind, unit, at, data }));
  return JSON.stringify({ account, sent_at: new Date().toISOString(), items });
}

/** Send all that waits. One tab at a time does it; what is not answered stays. */
export async function send(url: string, about: { account: number; unit: number }, changed: () => void): Promise<Outcome> {
  const held = await navigator.locks.request("anlan-outbox", { ifAvailable: true }, async (lock) => {
    if (!lock) return "later" as const;
    await packed(about);
    return await sendAll(url, about.account, changed);
  });
  return held;
}

async function sendAll(url: string, account: number, changed: () => void): Promise<Outcome> {
  let most = MOST_ITEMS;
  for (;;) {
    const batch = nextBatch(await actions(), account, most);
    if (!batch.length) return "sent";
    const answer = await posted(url, message(account, batch));
    if (typeof answer === "string") return answer;
    if (answer.status === 413 && batch.length > 1) { most = 1; continue; }
    if (answer.status === 409) return "other-account";
    if (answer.status === 400 || answer.status === 413) {
      await unreadable(batch, ((await answer.json()) as { error: string }).error);
      most = 1;
      continue;
    }
    if (!answer.ok) return "later";
    const { answers } = (await answer.json()) as { answers: Answer[] };
    await noted(batch, answers);
    changed();
    if (answers.length < batch.length) return "later";
  }
}

/** A message that cannot be read is taken apart until the action at fault stands alone. */
async function unreadable(batch: readonly Action[], reason: string): Promise<void> {
  if (batch.length > 1) return;
  await changeAction({ ...batch[0]!, state: "refused", reason });
}

async function posted(url: string, body: string): Promise<Response | "offline" | "signed-out"> {
  try {
    const answer = await fetch(url, {
      method: "POST", credentials: "same-origin", body, signal: AbortSignal.timeout(WAIT_MS),
      headers: { "X-CSRFToken": csrf(), "Content-Type": "application/json", Accept: "application/json" },
    });
    return answer.redirected || answer.status === 401 || answer.status === 403 ? "signed-out" : answer;
  } catch {
    return "offline";
  }
}

async function noted(batch: readonly Action[], answers: readonly Answer[]): Promise<void> {
  const said = new Map(answers.map((answer) => [answer.key, answer]));
  for (const action of batch) {
    const answer = said.get(action.key);
    if (answer) await changeAction({ ...action, state: answer.state, reason: answer.reason });
  }
}
