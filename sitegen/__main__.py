"""``python -m sitegen`` is the same command as ``sitegen``."""

import sys

from sitegen.cli import main

sys.exit(main())
