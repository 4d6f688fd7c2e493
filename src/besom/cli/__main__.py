"""``python -m besom.cli`` is the ``besom`` command."""

import sys

from besom.cli import main

sys.exit(main())
