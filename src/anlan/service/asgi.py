"""The ASGI application that Granian serves."""

import gc
import os
import sys

from django.core.asgi import get_asgi_application

from anlan.service.process import end_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anlan.service.settings")
site = get_asgi_application()
end_with_parent()
sys.setswitchinterval(0.001)  # a thread that wrote to the database gets its turn beside a busy loop
gc.set_threshold(50_000, 20, 100)  # a walk through all objects holds everybody up

from anlan.service.patrol.positions.door import positions  # noqa: E402  models load after the set-up above
from anlan.service.places import gazetteer  # noqa: E402
from anlan.service.places.network import warm_in_background  # noqa: E402

application = positions(site)
warm_in_background(gazetteer.warm, gc.collect, gc.freeze)  # roads and names need no walks
