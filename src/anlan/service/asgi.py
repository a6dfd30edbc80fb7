"""The ASGI application that Granian serves."""

import os

from django.core.asgi import get_asgi_application

from anlan.service.process import end_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anlan.service.settings")
site = get_asgi_application()
end_with_parent()

from anlan.service.patrol.positions.door import positions  # noqa: E402  models load after the set-up above
from anlan.service.places.network import warm_in_background  # noqa: E402

application = positions(site)
warm_in_background()
