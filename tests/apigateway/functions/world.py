"""Functions for tests: their code in a folder, a pool that runs them, and what they write."""

import asyncio
import os
import select
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from gatepost.apigateway.functions.interpreters import running
from gatepost.apigateway.functions.pool import FunctionPool
from gatepost.apigateway.model.function import Function

Result = TypeVar("Result")
DEADLINE = 30.0
RUNTIME = f"python{running()}"


def function(folder: Path, code: str, name: str = "Fn", **settings: Any) -> Function:
    """Return a function whose `app.py` is `code`."""
    home = folder / name
    home.mkdir(parents=True, exist_ok=True)
    (home / "app.py").write_text(code)
    settings = {"handler": "app.handler", "runtime": RUNTIME, "code": home, "timeout": DEADLINE, **settings}
    arn = f"arn:aws:lambda:eu-west-1:123456789012:function:{name}"
    return Function(logical_id=name, name=name, arn=arn, **settings)


class Written:
    """What functions write, line by line."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._more = asyncio.Event()

    def __call__(self, text: str) -> None:
        self.lines += text.split("\n")
        self._more.set()

    def __str__(self) -> str:
        return "\n".join(self.lines)

    async def has(self, text: str, times: int = 1) -> str:
        """Wait until so many lines hold `text`, and return the last of them."""
        async with asyncio.timeout(DEADLINE):
            while len(found := [line for line in self.lines if text in line]) < times:
                self._more.clear()
                await self._more.wait()
        return found[times - 1]


def with_pool(
    scenario: Callable[[FunctionPool, Written], Awaitable[Result]],
    *functions: Function,
    loop: Callable[[], asyncio.AbstractEventLoop] | None = None,
    **settings: Any,
) -> Result:
    """Run a scenario with a pool, which is closed at the end, on a loop of its own."""

    async def run() -> Result:
        written = Written()
        by_name: Mapping[str, Function] = {each.logical_id: each for each in functions}
        pool = FunctionPool(by_name, log=written, **{"reload": None, "init_timeout": DEADLINE, **settings})
        await pool.start()
        try:
            return await scenario(pool, written)
        finally:
            await pool.close()

    with asyncio.Runner(loop_factory=loop) as runner:
        return runner.run(run())


def wait_until_gone(pid: int) -> None:
    """Wait until a process has ended, whoever's child it is."""
    try:
        watch = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        assert select.select([watch], [], [], DEADLINE)[0], f"process {pid} is still there"
    finally:
        os.close(watch)
