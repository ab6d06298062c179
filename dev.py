#!/usr/bin/env python3
"""The front door: `python3 dev.py up` starts the product, `python3 dev.py test` proves it. See README.md.

This file must parse on very old Pythons, so that they can be told that they are too old; all the rest is in devtools/.
"""

import sys

if sys.version_info < (3, 11):
    sys.exit("Python 3.11 or newer is needed; this is Python %d.%d. Try: python3.11 dev.py" % sys.version_info[:2])
if sys.platform == "win32":
    sys.exit("On Windows this runs inside WSL 2 (wsl --install), not in Windows itself.")

from devtools.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
