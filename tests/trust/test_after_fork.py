"""What a child process has to forget."""

import gc
import os
import runpy
import subprocess
import sys

import pytest

from gatepost.trust import after_fork

SCRIPT = """
import os
import runpy
from gatepost.trust import after_fork

class Here:
    forgot = 0
    def forget_parent(self):
        self.forgot += 1

here, gone = Here(), Here()
after_fork.register(here)
after_fork.register(here)
after_fork.register(gone)
del gone
pid = os.fork()
if pid == 0:
    os._exit(0 if here.forgot == 1 else 1)
assert os.waitpid(pid, 0)[1] == 0
assert here.forgot == 0
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_in_the_child_everything_forgets_its_parent_and_in_the_parent_nothing() -> None:
    subprocess.run([sys.executable, "-c", SCRIPT], check=True, timeout=60)


def test_what_is_registered_is_told_and_may_go() -> None:
    told: list[str] = []

    class Forgetful:
        def forget_parent(self) -> None:
            told.append("forgot")

    here = Forgetful()
    after_fork.register(here)
    before = len(after_fork._registered)
    after_fork._in_child()
    assert told == ["forgot"]
    del here
    gc.collect()
    assert len(after_fork._registered) < before


def test_where_processes_do_not_fork_nothing_needs_to_be_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "register_at_fork", raising=False)
    there = runpy.run_path(after_fork.__file__)
    assert len(there["_registered"]) == 0
