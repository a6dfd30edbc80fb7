"""OSRM as a peer: its contraction hierarchy of one of our graphs, on the very same weights.

Each road becomes a way of two nodes with its time as a tag, which a profile of a few lines reads. OSRM counts
tenths of a second and forbids turning round, so the graph is prepared with times in tenths, the same in both
directions of a road, and without forbidden turns; where a node lies is rounded to a millionth of a degree.
"""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import osmium

from anlan.engine.geo.roads import HourClass, RoadGraph

if TYPE_CHECKING:
    from numpy.typing import NDArray

TENTHS = 10
PROFILE = """
api_version = 4

function setup()
  return {
    properties = {
      weight_name = 'duration', weight_precision = 1, max_speed_for_map_matching = 100, u_turn_penalty = 0,
      continue_straight_at_waypoint = false, use_turn_restrictions = false,
      call_tagless_node_function = false,
    },
    default_mode = mode.driving, default_speed = 10, oneway_handling = true,
  }
end

function process_node(profile, node, result) end

function process_way(profile, way, result)
  result.forward_mode = mode.driving
  result.backward_mode = mode.driving
  if way:get_value_by_key('oneway') == 'yes' then
    result.backward_mode = mode.inaccessible
  end
  result.forward_speed = 10
  result.backward_speed = 10
  result.duration = tonumber(way:get_value_by_key('seconds'))
end

function process_turn(profile, turn) turn.duration = 0; turn.weight = 0 end

return { setup = setup, process_node = process_node, process_way = process_way, process_turn = process_turn }
"""


def comparable(graph: RoadGraph) -> RoadGraph:
    """The graph with times in tenths of a second, alike in both directions, and no forbidden turns."""
    road = graph.topology.road
    tenths = np.zeros(road.max() + 1)
    np.maximum.at(tenths, road, np.maximum(np.rint(graph.edge_seconds(HourClass.DAY) * TENTHS), 1))
    places = (np.rint(axis * 1e6) / 1e6 for axis in (graph.node_lon, graph.node_lat))
    lon, lat = places
    plain = {"factors": np.ones_like(graph.factors), "signals": None, "turns": None, "bends": None}
    return replace(graph, node_lon=lon, node_lat=lat, seconds=(tenths / TENTHS)[road], **plain)


def contracted(graph: RoadGraph, road: NDArray[np.int64], folder: Path) -> Any:
    """Extract and contract a comparable graph with the tools of the package; OSRM's engine on it.

    `road` (E,) numbers the roads as in the graph it was made of: bends told those with the same ends apart.
    """
    import osrm  # noqa: PLC0415  a peer, not a dependency

    base = folder / "roads"
    _write(graph, road, folder / "roads.osm.pbf")
    (folder / "profile.lua").write_text(PROFILE, encoding="utf-8")
    tools = Path(osrm.__file__).parent / "bin"
    for command in (["osrm-extract", "-p", str(folder / "profile.lua"), f"{base}.osm.pbf"],
                    ["osrm-contract", f"{base}.osrm"]):  # fmt: skip
        done = subprocess.run([tools / command[0], *command[1:]], capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{command[0]}: {done.stdout[-500:]}{done.stderr[-500:]}")
    return osrm.OSRM(
        algorithm="CH", storage_config=f"{base}.osrm", use_shared_memory=False,
        max_locations_distance_table=100_000,
    )  # fmt: skip


def _write(graph: RoadGraph, road: NDArray[np.int64], path: Path) -> None:
    _, edge = np.unique(road, return_index=True)
    oneway = np.bincount(road) == 1
    writer = osmium.SimpleWriter(str(path), overwrite=True)
    for node, location in enumerate(zip(graph.node_lon.tolist(), graph.node_lat.tolist(), strict=True), 1):
        writer.add_node(osmium.osm.mutable.Node(id=node, version=1, location=location))
    columns = (graph.tail[edge], graph.head[edge], graph.seconds[edge], oneway)
    for way, (tail, head, seconds, single) in enumerate(zip(*(c.tolist() for c in columns), strict=True), 1):
        tags = {"highway": "primary", "seconds": f"{seconds:.1f}", "oneway": "yes" if single else "no"}
        writer.add_way(osmium.osm.mutable.Way(id=way, version=1, nodes=[tail + 1, head + 1], tags=tags))
    writer.close()


class Table:
    """Times from many places to one, as OSRM's table gives them."""

    def __init__(self, engine: Any, graph: RoadGraph) -> None:
        self.engine, self.graph = engine, graph

    def asked(self, sources: NDArray, targets: NDArray) -> Any:
        """A question as OSRM wants it, made beforehand so that only the answer is timed."""
        import osrm  # noqa: PLC0415

        nodes = np.concatenate((sources, targets))
        places = list(
            zip(self.graph.node_lon[nodes].tolist(), self.graph.node_lat[nodes].tolist(), strict=True)
        )
        count = len(sources)
        question = osrm.TableParameters(
            coordinates=places, sources=list(range(count)), destinations=list(range(count, len(nodes))),
            annotations=["duration"], generate_hints=False,
        )  # fmt: skip
        question.skip_waypoints = True
        return question

    def answer(self, question: Any) -> Any:
        """The answer of OSRM: what is timed."""
        return self.engine.Table(question)

    @staticmethod
    def seconds(answer: Any) -> NDArray[np.float64]:
        """Its times (sources, targets), inf where there is no way."""
        rows = [[np.inf if cell is None else float(cell) for cell in row] for row in answer["durations"]]
        return np.array(rows)
