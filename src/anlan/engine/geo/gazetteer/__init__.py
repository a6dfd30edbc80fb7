"""Places by name, as fast as one types: streets, crossings, premises; Chinese, pinyin or Latin letters."""

from anlan.engine.geo.gazetteer.index import Gazetteer
from anlan.engine.geo.gazetteer.model import Entry, Kind
from anlan.engine.geo.gazetteer.roads import crossings, streets
from anlan.engine.geo.gazetteer.words import NameIndex

__all__ = ["Entry", "Gazetteer", "Kind", "NameIndex", "crossings", "streets"]
