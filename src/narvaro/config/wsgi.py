"""The server's entry."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "narvaro.config.settings")
application = get_wsgi_application()

# A page makes tens of thousands of objects and hardly a cycle; looking for cycles took a twentieth of the time and came
# in the middle of somebody's request.
gc.set_threshold(100_000, 50, 50)
