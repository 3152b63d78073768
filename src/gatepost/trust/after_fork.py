"""What a child process has to forget: the threads, the locks and the sockets of its parent."""

import os
import weakref
from typing import Protocol


class Forgetful(Protocol):
    """Something that has to begin anew in a child process."""

    def forget_parent(self) -> None:
        """Forget what only the parent has. Called in the child, before anything else runs there."""


def register(one: Forgetful) -> None:
    """Let `one` know when it finds itself in the child of a fork."""
    _registered.add(one)


def _in_child() -> None:
    for one in list(_registered):
        one.forget_parent()


_registered: "weakref.WeakSet[Forgetful]" = weakref.WeakSet()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_in_child)
