"""Chromium, driven by Playwright. No wheel has it; on Debian, root can install it."""

import os
import platform
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

from tests.end_to_end.real_parts.part import Part, on_path

CHROMIUM = Part(
    name="Chromium",
    fixture="page",
    remedy="apt-get install chromium, or your system's way",
    find=on_path("chromium", "chromium-browser"),
)

_FLAGS = (
    "--no-sandbox",  # root has no other way
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    # nothing leaves this machine
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run a headless Chromium for the length of a `with` block.

    Inside the block this thread counts as one that runs an event loop: `asyncio.run` fails there.
    """
    executable = CHROMIUM.require()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, headless=True, args=_FLAGS)
        try:
            yield browser
        finally:
            browser.close()


def can_be_installed() -> bool:
    """Tell whether this is root on Debian."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return False
    try:
        return platform.freedesktop_os_release()["ID"] == "debian"
    except OSError:
        return False


def install() -> None:
    """Install Debian's Chromium.

    Raises:
        subprocess.CalledProcessError: when a command of it fails; what it said is on standard error.
    """
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "--yes", "--no-install-recommends", "chromium"]):
        subprocess.run(["apt-get", "-qq", *command], check=True, env=environment, stdout=subprocess.DEVNULL)
