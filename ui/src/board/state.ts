// Says whether what is shown is live: a word, a colour and, when it is not, a banner.

export type State = "live" | "stale" | "connecting";

export function showState(page: HTMLElement, state: State): void {
  const badge = document.getElementById("live")!;
  badge.className = `live live-${state}`;
  badge.querySelector(".live-word")!.textContent = page.dataset[state] ?? state;
  document.getElementById("stale")!.hidden = state !== "stale";
  page.classList.toggle("is-stale", state === "stale");
}
