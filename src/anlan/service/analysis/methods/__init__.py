"""The methods, in the order in which they are listed."""

from anlan.service.analysis.method import Method
from anlan.service.analysis.methods import comparison, density, rhythm

METHODS: dict[str, Method] = {one.METHOD.name: one.METHOD for one in (comparison, density, rhythm)}
