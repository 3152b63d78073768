"""Memory that all workers of one server share: each writes its own figures, and whoever is asked reads all of them."""

import json
import mmap
import struct
from typing import cast
from zlib import crc32

from gatepost.gates.authz.metrics import Figures

_PLACE = 256 * 1024
_HEAD = struct.Struct("<II")  # length and checksum
_TRIES = 5


class Blackboard:
    """A place for each worker, in anonymous memory that is made before the workers are forked.

    A reader meets a writer at times; the checksum tells it, and it reads again.
    """

    __slots__ = ("_memory", "_workers")

    def __init__(self, workers: int) -> None:
        """Make room for this many workers."""
        self._workers = workers
        self._memory = mmap.mmap(-1, workers * _PLACE)

    def write(self, worker: int, figures: Figures) -> None:
        """Put the worker's figures in its place; too many of them leave the ones from before."""
        data = json.dumps(figures).encode()
        if len(data) <= _PLACE - _HEAD.size:
            start = worker * _PLACE
            self._memory[start : start + _HEAD.size + len(data)] = _HEAD.pack(len(data), crc32(data)) + data

    def read(self, worker: int) -> Figures | None:
        """Return the worker's figures, or `None` when there are none yet."""
        start = worker * _PLACE
        for _ in range(_TRIES):
            length, checksum = _HEAD.unpack(self._memory[start : start + _HEAD.size])
            if length == 0 or length > _PLACE - _HEAD.size:
                continue
            data = self._memory[start + _HEAD.size : start + _HEAD.size + length]
            if crc32(data) == checksum:
                return cast("Figures", json.loads(data))
        return None

    def read_all(self) -> dict[int, Figures]:
        """Return the figures of every worker that wrote some."""
        found = ((worker, self.read(worker)) for worker in range(self._workers))
        return {worker: figures for worker, figures in found if figures is not None}
