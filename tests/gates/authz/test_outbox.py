"""Answers of one turn of the event loop leave together, in their order, and none is lost."""

import asyncio

from gatepost.gates.authz.outbox import TOGETHER, Outbox


class Wire(asyncio.Transport):
    """A transport that notes what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[bytes] = []
        self.closed = False

    def write(self, data: object) -> None:
        assert isinstance(data, bytes)
        self.written.append(data)

    def is_closing(self) -> bool:
        return self.closed


def test_answers_wait_for_the_end_of_the_turn_and_keep_their_order() -> None:
    async def test() -> None:
        outbox, one, other = Outbox(asyncio.get_running_loop()), Wire(), Wire()
        outbox.put(one, b"1")
        outbox.put(other, b"2")
        outbox.put(one, b"3")
        assert one.written == other.written == []
        await asyncio.sleep(0)
        assert (one.written, other.written) == ([b"1", b"3"], [b"2"])
        outbox.put(one, b"4")
        await asyncio.sleep(0)
        assert one.written == [b"1", b"3", b"4"]

    asyncio.run(test())


def test_many_do_not_wait_and_whoever_is_gone_gets_none() -> None:
    async def test() -> None:
        outbox, wire, gone = Outbox(asyncio.get_running_loop()), Wire(), Wire()
        gone.closed = True
        outbox.put(gone, b"never")
        for _ in range(TOGETHER - 1):
            outbox.put(wire, b"x")
        assert len(wire.written) == TOGETHER - 1
        assert gone.written == []

    asyncio.run(test())
