"""`python -m kazasu.demo.child MODULE ARGUMENTS`: a program that ends when the demo does.

Ctrl-C and SIGTERM end the demo in order; when it is killed outright nobody is left to tell its
programs. On Linux the kernel tells them (prctl(2), PR_SET_PDEATHSIG); elsewhere nothing changes.
"""

import ctypes
import os
import runpy
import signal
import sys
from typing import Final

_PR_SET_PDEATHSIG: Final = 1


def end_with(parent: int) -> None:
    """From now on, the end of `parent` is a SIGTERM for us; at once when it has ended before."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            sys.exit(0)


def main() -> None:
    parent, module, *arguments = sys.argv[1:]
    end_with(int(parent))
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
