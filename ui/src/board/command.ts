// The command line: one line to the server, its answer in words; a warning waits for a second Enter.
import { openCard } from "./card";
import { Completion } from "./complete";
import { postForm } from "./http";
import { select } from "./selection";

interface Answer { message?: string; error?: string; warnings?: string[]; card?: string; incident?: number }

export function startCommands(board: HTMLElement, refresh: () => Promise<void>): void {
  const form = document.getElementById("command") as HTMLFormElement;
  const line = document.getElementById("line") as HTMLInputElement;
  const place = document.getElementById("command-answer")!;
  const completion = new Completion(line, document.getElementById("line-options")!);
  let waiting = "";

  const say = (text: string, kind: string) => {
    place.textContent = text;
    place.className = `command-answer ${kind}`;
  };
  const forget = () => { waiting = ""; };

  const done = async (answer: Answer) => {
    line.value = "";
    say(answer.message ?? "", "done");
    await refresh();
    if (answer.incident) select(String(answer.incident));
    if (answer.card) await openCard(answer.card);
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = line.value.trim();
    completion.close();
    if (text) void send(text);
  });

  const send = async (text: string) => {
    completion.remember(text);
    const confirmed = waiting === text ? "1" : "0";
    forget();
    try {
      const answer = await postForm<Answer>(form.action, { line: text, confirmed });
      if (answer.error) say(answer.error, "failed");
      else if (answer.warnings) {
        waiting = text;
        say(`${answer.warnings.join(" ")} ${board.dataset.confirm}`, "warns");
      } else await done(answer);
    } catch {
      say(board.dataset.offline!, "failed");
    }
  };

  line.addEventListener("input", () => { if (line.value.trim() !== waiting) forget(); });
  line.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    forget();
    say("", "");
    line.blur();
  });
}
