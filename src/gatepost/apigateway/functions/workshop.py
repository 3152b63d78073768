"""One function with everything that it is run with: its processes, how they are started, and its files."""

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from gatepost.apigateway.functions.changes import Changes
from gatepost.apigateway.functions.crew import Crew
from gatepost.apigateway.functions.function_log import Form, FunctionLog, Log
from gatepost.apigateway.functions.premises import Premises
from gatepost.apigateway.functions.runtimes import Prepared, prepare
from gatepost.apigateway.functions.worker import Worker
from gatepost.apigateway.model.function import Function
from gatepost.apigateway.model.place import NOWHERE


class Ways(NamedTuple):
    """How the functions of a pool are run, as `FunctionPool` has it."""

    concurrency: int
    waiting: int
    log: Log
    log_form: Form
    handed_on: Mapping[str, str]
    init_timeout: float


class Workshop:
    """A function at work, for one pool or for several that take over from each other.

    Attributes:
        crew: Its processes.
        notices: What is done otherwise than on AWS, one line each.
    """

    def __init__(self, function: Function, premises: Premises, ways: Ways) -> None:
        """Get ready; no process is started.

        Raises:
            OSError: When inline code cannot be written.
        """
        self._function = function
        self._premises = premises
        self._ways = ways
        self._folder = premises.folder_of(function.logical_id)
        self._prepared = self._prepare()
        self._changes = Changes(self._prepared.watched)
        self._pools = 0
        self.crew = Crew(self._hire, concurrency=ways.concurrency, waiting=ways.waiting, group=premises.tell_watchdog)

    @property
    def notices(self) -> tuple[str, ...]:
        """What the user should know."""
        return self._prepared.notices

    def suits(self, function: Function) -> bool:
        """Tell whether `function` is run just as this one: where it stands and who may invoke it do not matter."""
        return _as_run(function) == _as_run(self._function)

    def enter(self) -> None:
        """Take note of a pool."""
        self._pools += 1

    async def leave(self) -> None:
        """Forget a pool; when it was the last one, end every process."""
        self._pools -= 1
        if not self._pools:
            await self.crew.close()

    def has_changed(self) -> bool:
        """Look at its files; it may take a moment."""
        return self._changes.happened()

    def renew(self) -> None:
        """Run what the files hold now from the next call on."""
        watched = self._prepared.watched
        self._prepared = self._prepare()
        if self._prepared.watched != watched:
            self._changes = Changes(self._prepared.watched)
        self.crew.replace()
        self._ways.log(f"[{self._function.logical_id}] changed: the next call runs the new code")

    def _prepare(self) -> Prepared:
        runtime = self._premises.runtime() if self._function.runtime.startswith("python") else self._folder
        return prepare(self._function, folder=self._folder, runtime=runtime, handed_on=dict(self._ways.handed_on))

    def _hire(self, crew: Crew) -> Worker:
        function, ways = self._function, self._ways
        return Worker(
            function,
            self._prepared.launch,
            crew,
            FunctionLog(function.logical_id, ways.log, ways.log_form),
            own_folder=self._folder / self._premises.number(),
            init_timeout=ways.init_timeout,
        )


def _as_run(function: Function) -> Function:
    return replace(function, place=NOWHERE, permissions=())
