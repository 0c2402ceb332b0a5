"""``python -m ipyasgi`` is the command ``ipyasgi``."""

import sys

from .cli import main

sys.exit(main())
