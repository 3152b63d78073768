"""Everything that runs functions, for as long as a template is served."""

import asyncio
import contextlib
import os
from collections.abc import Mapping

from gatepost.apigateway.functions import failures
from gatepost.apigateway.functions.call import Call
from gatepost.apigateway.functions.function_log import Form, Log
from gatepost.apigateway.functions.premises import Premises
from gatepost.apigateway.functions.runtimes import check_runtimes
from gatepost.apigateway.functions.workshop import Ways, Workshop
from gatepost.apigateway.invoking import Invocation
from gatepost.apigateway.model.function import Function
from gatepost.errors import ConfigurationError


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
        self._ways = Ways(concurrency, waiting, log, log_form, handed_on or {}, init_timeout)
        self._warm = warm
        self._reload = reload
        self._premises: Premises | None = None
        self._workshops: dict[str, Workshop] = {}
        self._watching: asyncio.Task[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self.notices: tuple[str, ...] = ()

    async def start(self, before: "FunctionPool | None" = None) -> None:
        """Get ready for calls; processes are started when they are needed, or now with `warm`.

        Args:
            before: A pool with the same settings that is still open. The processes of functions that are the same as
                there stay, and work for both until one is closed.

        Raises:
            OSError: When inline code cannot be written.
        """
        self._loop = asyncio.get_running_loop()
        self._premises = (before._premises if before is not None else None) or Premises()
        self._premises.enter()
        there = before._workshops if before is not None else {}
        for name, function in self._functions.items():
            workshop = there.get(name)
            if workshop is None or not workshop.suits(function):
                workshop = Workshop(function, self._premises, self._ways)
            workshop.enter()
            self._workshops[name] = workshop
        self.notices = tuple(notice for workshop in self._workshops.values() for notice in workshop.notices)
        if self._reload is not None:
            self._watching = self._loop.create_task(self._watch(self._reload))
        if self._warm:
            for workshop in self._workshops.values():
                workshop.crew.warm_up()

    async def close(self) -> None:
        """End every process that no other pool needs, and remove every file."""
        await self.stop_watching()
        workshops, self._workshops = self._workshops, {}
        await asyncio.gather(*(workshop.leave() for workshop in workshops.values()))
        self._loop = None
        if self._premises is not None:
            self._premises.leave()
            self._premises = None

    async def stop_watching(self) -> None:
        """Take no more notice of changes; another pool does."""
        if self._watching is not None:
            self._watching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watching
            self._watching = None

    async def invoke(self, function: str, payload: bytes, /, *, limit: float | None = None) -> Invocation:
        """Call a function (`Functions`)."""
        if self._loop is None:
            raise RuntimeError("start the pool first")
        call = Call(payload, self._loop)
        if len(payload) > failures.MAX_EVENT:
            call.finish("too large", failures.event_too_large(len(payload)))
            return await call.answer
        self._workshops[function].crew.submit(call)
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
        workshops = dict(self._workshops)
        looked = {name: await loop.run_in_executor(None, each.has_changed) for name, each in workshops.items()}
        changed = tuple(name for name, happened in looked.items() if happened)
        for name in changed:
            workshops[name].renew()
        return changed

    async def _watch(self, seconds: float) -> None:
        while True:
            await asyncio.sleep(seconds)
            await self.refresh()
