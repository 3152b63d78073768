"""`python -m gatepost`: the command line."""

import sys

from gatepost.cli import main

if __name__ == "__main__":
    sys.exit(main())
