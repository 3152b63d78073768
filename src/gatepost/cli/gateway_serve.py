"""Serving a template from the command line, from its first line to Ctrl-C."""

import asyncio
import signal
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import typer

from gatepost.apigateway.model.assumptions import Assumptions
from gatepost.cli.failure import Failure
from gatepost.cli.gateway_output import Lines, TraceLog, console_trace, stumbled, visible
from gatepost.cli.gateway_template import Source, complain_of
from gatepost.cli.plain_text import plain

if TYPE_CHECKING:
    from gatepost.apigateway.gateway.site import Site
    from gatepost.apigateway.gateway.trace import Traced
    from gatepost.apigateway.model.api import Application


class Wishes(NamedTuple):
    """What the command line asks for."""

    host: str
    port: int
    api: str | None
    trace: bool
    trace_log: Path | None
    allow_unreachable_issuers: bool
    ca_file: Path | None
    allow_iam: str | None
    assumptions: Assumptions
    concurrency: int
    handed_on: Mapping[str, str]


def serve(source: Source, wishes: Wishes) -> int:
    """Serve until a signal asks to end, and return the exit status."""
    from gatepost.apigateway.model.place import TemplateError

    try:
        application = source.load()
    except TemplateError as error:
        complain_of(error)
        return 2
    log = None if wishes.trace_log is None else TraceLog(wishes.trace_log)
    lines = Lines(sys.stdout)
    try:
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            return runner.run(_serve(source, wishes, application, lines, log))
    except TemplateError as error:
        complain_of(error)
        return 2
    finally:
        lines.flush()
        if log is not None:
            log.close()


async def _serve(source: Source, wishes: Wishes, application: "Application", lines: Lines, log: TraceLog | None) -> int:
    from gatepost.apigateway.gateway.running import Reports, Running
    from gatepost.apigateway.gateway.site import Output, Settings
    from gatepost.apigateway.gateway.trace import Trace

    listeners: list[Callable[[Traced], None]] = []
    if wishes.trace:
        listeners.append(console_trace(lines))
    if log is not None:
        listeners.append(log)
    running = Running(
        source.load,
        Settings(
            assumptions=wishes.assumptions,
            allow_iam=wishes.allow_iam,
            allow_unreachable_issuers=wishes.allow_unreachable_issuers,
            concurrency=wishes.concurrency,
            api=wishes.api,
            ca_file=None if wishes.ca_file is None else str(wishes.ca_file),
            handed_on=wishes.handed_on,
        ),
        Output(
            function=lambda line: lines(visible(line)),
            access=lambda line: lines(visible(line)),
            complain=stumbled(_to_errors),
            trace=Trace(*listeners),
        ),
        Reports(serving=_introduction(wishes.host), kept=_kept),
        host=wishes.host,
        port=wishes.port,
        watch=(source.template, *(() if source.samconfig is None else (source.samconfig,))),
    )
    received: list[int] = []

    def end(number: int) -> None:
        received.append(number)
        running.end()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, end, number)
    try:
        await running.run(application)
    except OSError as error:
        raise Failure(
            f"port {error.filename or wishes.port} cannot be used: {error.strerror}; "
            "choose another with --port, or 0 for free ones"
        ) from None
    return 130 if signal.SIGINT in received else 0


def _introduction(host: str) -> "Callable[[Site, Mapping[str, int]], None]":
    """Return what says what is served: everything at first, and after a change that there was one."""
    from gatepost.cli.gateway_table import show

    def introduce(site: "Site", ports: Mapping[str, int]) -> None:
        for notice in site.notices:
            typer.echo(plain(f"notice: {notice}"), err=True)
        show(site.apis, ports, host)

    return introduce


def _kept(error: Exception) -> None:
    complain_of(error)
    _to_errors("gatepost gateway: the changed template cannot be served; the one before it still is")


def _to_errors(line: str) -> None:
    typer.echo(line, err=True)


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop]:
    try:
        import uvloop
    except ModuleNotFoundError:  # Windows has none
        return asyncio.new_event_loop
    return uvloop.new_event_loop
