"""Everything that runs functions: a crew for each, their files, and who cleans up."""

import asyncio
import contextlib
import itertools
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from gatepost.apigateway.functions import failures, python_runtime
from gatepost.apigateway.functions.call import Call
from gatepost.apigateway.functions.changes import Changes
from gatepost.apigateway.functions.crew import Crew
from gatepost.apigateway.functions.function_log import Form, FunctionLog, Log
from gatepost.apigateway.functions.runtimes import Prepared, check_runtimes, prepare
from gatepost.apigateway.functions.worker import Worker
from gatepost.apigateway.invoking import Invocation
from gatepost.apigateway.model.function import Function
from gatepost.errors import ConfigurationError

_WATCHDOG = Path(__file__).with_name("watchdog.py")


class FunctionPool:
    """Runs functions, each in processes of its own (`Functions`).

    Attributes:
        notices: After `start`: what is done otherwise than on AWS, one line each.
    """

    def __init__(
        self,
        functions: Mapping[str, Function],
        *,
        concurrency: int = 4,
        waiting: int = 1000,
        log: Log = lambda text: None,
        log_form: Form = "text",
        warm: bool = False,
        reload: float | None = 1.0,
        handed_on: Mapping[str, str] | None = None,
        init_timeout: float = 10,
    ) -> None:
        """Take the functions; nothing is started yet.

        Args:
            functions: The functions by logical id.
            concurrency: How many processes a function may have at a time.
            waiting: How many calls of a function may wait for one; more are throttled.
            log: Called with the lines that functions and their platform write, one or several, without the last
                line's end.
            log_form: Whether each line is text or a JSON document.
            warm: Whether a process of each function is started before the first call.
            reload: Seconds between two looks at the files of the functions, or `None` to take no notice of changes.
            handed_on: Variables of the environment for all functions, such as AWS credentials. They get nothing else
                of this process's environment.
            init_timeout: Seconds that a function's initialisation may take.

        Raises:
            TemplateError: A function cannot be run here.
            ConfigurationError: On Windows, which has no process groups.
        """
        if not hasattr(os, "killpg"):
            raise ConfigurationError("functions need process groups, which Windows does not have: use WSL")
        check_runtimes(functions.values())
        self._functions = functions
        self._concurrency = concurrency
        self._waiting = waiting
        self._log = log
        self._log_form = log_form
        self._warm = warm
        self._reload = reload
        self._handed_on = dict(handed_on or {})
        self._init_timeout = init_timeout
        self._crews: dict[str, Crew] = {}
        self._prepared: dict[str, Prepared] = {}
        self._changes: dict[str, Changes] = {}
        self._numbers = itertools.count(1)
        self._folder = Path()
        self._watchdog: subprocess.Popen[str] | None = None
        self._watching: asyncio.Task[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self.notices: tuple[str, ...] = ()

    async def start(self) -> None:
        """Get ready for calls; processes are started when they are needed, or now with `warm`."""
        self._loop = asyncio.get_running_loop()
        self._folder = Path(tempfile.mkdtemp(prefix="gatepost-functions-"))
        if any(function.runtime.startswith("python") for function in self._functions.values()):
            python_runtime.link_runtime(self._folder / "runtime")
        for name, function in self._functions.items():
            self._prepare(name, function)
            self._crews[name] = Crew(
                self._hiring(name), concurrency=self._concurrency, waiting=self._waiting, group=self._tell_watchdog
            )
        self.notices = tuple(notice for prepared in self._prepared.values() for notice in prepared.notices)
        if self._reload is not None:
            self._watching = self._loop.create_task(self._watch(self._reload))
        if self._warm:
            for crew in self._crews.values():
                crew.warm_up()

    async def close(self) -> None:
        """End every process and remove every file."""
        if self._watching is not None:
            self._watching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watching
            self._watching = None
        await asyncio.gather(*(crew.close() for crew in self._crews.values()))
        if self._watchdog is not None:
            self._watchdog.communicate()  # it has nothing left to do
            self._watchdog = None
        if self._loop is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._loop = None

    async def invoke(self, function: str, payload: bytes, /, *, limit: float | None = None) -> Invocation:
        """Call a function (`Functions`)."""
        if self._loop is None:
            raise RuntimeError("start the pool first")
        call = Call(payload, self._loop)
        if len(payload) > failures.MAX_EVENT:
            call.finish("too large", failures.event_too_large(len(payload)))
            return await call.answer
        self._crews[function].submit(call)
        if limit is None:
            return await call.answer
        timer = self._loop.call_later(limit, call.give_up, limit)
        try:
            return await call.answer
        finally:
            timer.cancel()

    async def refresh(self) -> tuple[str, ...]:
        """Look at the files of the functions now; those that have changed run their new code from the next call on.

        Returns:
            The logical ids of those that have changed.
        """
        loop = asyncio.get_running_loop()
        looked = {name: await loop.run_in_executor(None, changes.happened) for name, changes in self._changes.items()}
        changed = tuple(name for name, happened in looked.items() if happened)
        for name in changed:
            self._prepare(name, self._functions[name])
            self._crews[name].replace()
            self._log(f"[{self._functions[name].logical_id}] changed: the next call runs the new code")
        return changed

    async def _watch(self, seconds: float) -> None:
        while True:
            await asyncio.sleep(seconds)
            await self.refresh()

    def _prepare(self, name: str, function: Function) -> None:
        folder = self._folder / function.logical_id
        prepared = prepare(function, folder=folder, runtime=self._folder / "runtime", handed_on=self._handed_on)
        if name not in self._prepared or self._prepared[name].watched != prepared.watched:
            self._changes[name] = Changes(prepared.watched)
        self._prepared[name] = prepared

    def _hiring(self, name: str) -> Callable[[Crew], Worker]:
        function = self._functions[name]

        def hire(crew: Crew) -> Worker:
            return Worker(
                function,
                self._prepared[name].launch,
                crew,
                FunctionLog(function.logical_id, self._log, self._log_form),
                own_folder=self._folder / function.logical_id / str(next(self._numbers)),
                init_timeout=self._init_timeout,
            )

        return hire

    def _tell_watchdog(self, pid: int, lives: bool) -> None:
        """Have a process group killed when this process is gone."""
        if self._watchdog is None:
            self._watchdog = subprocess.Popen(  # noqa: S603
                [sys.executable, "-I", "-S", str(_WATCHDOG), str(self._folder)],
                stdin=subprocess.PIPE,
                start_new_session=True,
                text=True,
                bufsize=1,
            )
        if self._watchdog.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self._watchdog.stdin.write(f"{'+' if lives else '-'}{pid}\n")
