// A partner agency's inbox: a new request sounds by its priority, as on the board; one overdue sounds again.
import { listen } from "./board/keys";
import { Sounds, ofPriority } from "./board/sounds";
import type { Kind } from "./board/sounds";

function startInbox(inbox: HTMLElement): void {
  const sounds: Sounds = new Sounds(() => sounds.show(inbox.dataset));
  const toggle = () => sounds.toggle();
  let known: Map<string, Kind> | undefined;

  const look = () => {
    const rows = [...inbox.querySelectorAll<HTMLElement>("[data-asked]")];
    const now = new Map(rows.map((row) => [row.dataset.asked!, ofRow(row)]));
    const before = known;
    known = now;
    if (before) sounds.playLoudest([...now].filter(([asked, kind]) => before.get(asked) !== kind).map(([, kind]) => kind));
  };

  document.getElementById("sound")!.addEventListener("click", toggle);
  inbox.addEventListener("htmx:afterSwap", look);
  listen({ u: toggle });
  sounds.show(inbox.dataset);
  look();
}

function ofRow(row: HTMLElement): Kind {
  return row.hasAttribute("data-overdue") ? "overdue" : ofPriority(row.dataset.priority);
}

const inbox = document.getElementById("inbox");
if (inbox) startInbox(inbox);
