"""One process of a function, from its start to its end, and the call that it works on."""

import asyncio
import json
import shutil
import time
from functools import partial
from pathlib import Path
from typing import Literal, TypeAlias

from gatepost.apigateway.functions import failures, memory, runtime_api
from gatepost.apigateway.functions.call import Call
from gatepost.apigateway.functions.event_message import event_for
from gatepost.apigateway.functions.function_log import FunctionLog, moment
from gatepost.apigateway.functions.house import House, Why
from gatepost.apigateway.functions.launch import Launch
from gatepost.apigateway.functions.meter import Meter
from gatepost.apigateway.functions.process import Process
from gatepost.apigateway.functions.runtime_api import RuntimeConnection
from gatepost.apigateway.functions.watch import Watch
from gatepost.apigateway.model.function import Function

State: TypeAlias = Literal["starting", "idle", "busy", "ended"]

_RUNTIME_STATES = {"starting": "Started", "idle": "Ready", "busy": "Running", "ended": "Ended"}


class Worker:
    """A process that takes one call at a time.

    Attributes:
        state: `starting` until it asks for its first event; then `idle` or `busy`; `ended` once nothing is left of it.
        retired: Whether it takes no further call, because the code has changed.
    """

    def __init__(
        self,
        function: Function,
        launch: Launch,
        house: House,
        log: FunctionLog,
        *,
        own_folder: Path,
        init_timeout: float,
    ) -> None:
        """Prepare it; `start` starts it."""
        self._function = function
        self._launch = launch
        self._house = house
        self._log = log
        self._own_folder = own_folder
        self._init_timeout = init_timeout
        self._loop = asyncio.get_running_loop()
        self._server: asyncio.Server | None = None
        self._process: Process | None = None
        self._connections: set[RuntimeConnection] = set()
        self._waiting: RuntimeConnection | None = None
        self._call: Call | None = None
        self._watch = Watch(function.memory, looked=log.flush, late=self._give_up, full=self._kill_for_memory)
        self._meter = Meter(function.memory, log)
        self._init_error: Why | None = None
        self._out_of_memory = False
        self.state: State = "starting"
        self.retired = False

    # ── Its life

    async def start(self) -> None:
        """Start the process; whatever goes wrong is told to the house."""
        self._meter.start()
        deadline = self._loop.time() + self._init_timeout
        try:
            self._server = await self._loop.create_server(self._connection, "127.0.0.1", 0)
            port = self._server.sockets[0].getsockname()[1]
            self._own_folder.mkdir(parents=True)
            self._process = Process(
                self._launch.command,
                environment=self._launch.environment(f"127.0.0.1:{port}", self._own_folder),
                folder=self._launch.folder,
                written=self._log.output,
                read=self._log.flush,
                ended=self._ended,
            )
        except OSError as error:
            message = f"{self._launch.command[0]} cannot be started: {error.strerror}"
            self._init_error = lambda request_id: failures.invalid_entrypoint(request_id, message)
            self._ended(1)
            return
        self._house.group(self._process.pid, True)
        memory.confine(self._process.pid, self._function.memory)
        self._watch.begin(self._process.pid, deadline)

    def kill(self) -> None:
        """End it now, with everything that it started; `gone` follows."""
        if self._process is not None:
            self._process.kill()

    def dismiss(self) -> None:
        """End it now, since it is not needed: that it does not come to its start is no error."""
        self.retired = True
        self.kill()

    def retire(self) -> None:
        """Let it take no further call, and end it when it is not at work."""
        self.retired = True
        if self.state != "busy":
            self.kill()

    def _connection(self) -> RuntimeConnection:
        connection = RuntimeConnection(self)
        self._connections.add(connection)
        return connection

    def _ended(self, status: int, memory_used: int = 0) -> None:
        """Its process is gone: answer the call, and leave nothing behind."""
        self._meter.used(memory_used)
        was, self.state = self.state, "ended"
        call, self._call = self._call, None
        self._watch.stop()
        if was == "starting" and self._init_error is None:
            self._init_error = partial(failures.crashed, status=status, out_of_memory=self._out_of_memory)
            if not self.retired:
                self._meter.not_ready()
        if call is not None:
            payload = failures.crashed(call.request_id, status, out_of_memory=self._out_of_memory)
            error = "Runtime.OutOfMemory" if self._out_of_memory else "Runtime.ExitError"
            self._log.line(json.loads(payload)["errorMessage"])
            self._report(call, "error", error)
            call.finish("crashed", payload)
        self._log.end()
        if self._process is not None:
            self._house.group(self._process.pid, False)
            self._process = None
        if self._server is not None:
            self._server.close()
        for connection in self._connections:
            connection.close()
        self._connections.clear()
        shutil.rmtree(self._own_folder, ignore_errors=True)
        self._house.gone(self, self._init_error)

    # ── Its calls

    def take(self, call: Call) -> None:
        """Work on a call; it has to be idle."""
        connection, self._waiting = self._waiting, None
        self.state = "busy"
        self._call = call
        self._meter.begin()
        self._log.request_id = call.request_id
        self._log.line(f"START RequestId: {call.request_id} Version: $LATEST")
        if self._process is None or connection is None or not connection.send(event_for(call, self._function)):
            self.kill()
        else:
            self._watch.begin(self._process.pid, self._loop.time() + self._function.timeout)

    def next(self, connection: RuntimeConnection) -> None:
        """Take note that the process waits for an event (`Runtime`)."""
        if self.state in {"ended", "busy"}:
            return
        if self.state == "starting":
            self._meter.ready()
            self._watch.rest()
            self._drain()
        self.state = "idle"
        self._waiting = connection
        self._house.ready(self)
        if self._call is None:
            self._log.flush()

    def respond(self, request_id: str, body: bytes, size: int) -> bytes:
        """Take the result of the call (`Runtime`)."""
        call = self._current(request_id)
        if call is None:
            return self._refusal("InvocationResponse")
        if size > failures.MAX_RESPONSE:
            self.retired = True  # AWS's runtime clients end when a response is refused
            self._done(call, "error", "Function.ResponseSizeTooLarge")
            call.finish("too large", failures.too_large(size))
            return runtime_api.TOO_LARGE
        self._done(call)
        call.finish("answered", body)
        return runtime_api.ACCEPTED

    def fail(self, request_id: str, body: bytes, kind: str) -> bytes:
        """Take the error of the call (`Runtime`)."""
        call = self._current(request_id)
        if call is None:
            return self._refusal("InvocationErrorResponse")
        self._done(call)
        call.finish("raised", body or failures.error_payload(kind or "Runtime.Unknown", ""))
        return runtime_api.ACCEPTED

    def fail_to_start(self, body: bytes, kind: str) -> bytes:
        """Take note of why the function cannot be initialised (`Runtime`)."""
        if self.state != "starting":
            return runtime_api.not_now(_RUNTIME_STATES[self.state], "InitError")
        payload = body or failures.error_payload(kind or "Runtime.Unknown", "")
        self._init_error = lambda _: payload
        return runtime_api.ACCEPTED

    def _current(self, request_id: str) -> Call | None:
        call = self._call
        return call if call is not None and call.request_id == request_id else None

    def _refusal(self, wanted: str) -> bytes:
        if self.state == "busy" and self._call is not None:
            return runtime_api.INVALID_REQUEST_ID
        return runtime_api.not_now(_RUNTIME_STATES[self.state], wanted)

    def _done(self, call: Call, status: str = "", error: str = "") -> None:
        """Leave the call; until the process asks for the next event, it is neither idle nor at work on one."""
        self._call = None
        self._watch.rest()
        self._drain()
        self._report(call, status, error)
        self.state = "idle"

    def _report(self, call: Call, status: str, error: str) -> None:
        self._meter.report(call.request_id, None if self._process is None else self._process.pid, status, error)

    def _drain(self) -> None:
        if self._process is not None:
            self._process.drain()

    # ── Its limits

    def _kill_for_memory(self) -> None:
        self._out_of_memory = True
        self.kill()

    def _give_up(self) -> None:
        """The time is over: the process is killed, as AWS does, and the call answered."""
        call, self._call = self._call, None
        if call is None:
            self._init_error = self._init_error or partial(failures.timed_out, seconds=self._init_timeout)
            self._log.line(
                f"INIT_REPORT Init Duration: {self._init_timeout * 1000:.2f} ms\tPhase: init\tStatus: timeout"
            )
        else:
            seconds = self._function.timeout
            self._drain()
            self._log.line(f"{moment(time.time())} {call.request_id} Task timed out after {seconds:.2f} seconds")
            self._report(call, "timeout", "")
            call.finish("timed out", failures.timed_out(call.request_id, seconds))
        self.kill()
