// Pages of the watch commander: a containment plan on the map, the replay of a night.
import "./board/board.css";
import "./command/command.css";

const plan = document.getElementById("plan-map");
const replay = document.getElementById("replay");
if (plan) void import("./command/plan").then(({ openPlan }) => openPlan(plan)).catch(() => undefined);
if (replay) void import("./command/replay").then(({ openReplay }) => openReplay(replay)).catch(() => undefined);
