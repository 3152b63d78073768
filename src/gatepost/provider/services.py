"""What the provider's handlers work with."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gatepost.identity.store.sealing import SealingKey
from gatepost.identity.store.store import Store

if TYPE_CHECKING:
    from gatepost.identity.configurations import Configurations


@dataclass(frozen=True, slots=True)
class Settings:
    """How the provider is run.

    Attributes:
        public_url: The origin that clients use, without a slash at its end, such as `https://id.example.com`.
        development: Whether mail is shown at `/_gatepost/outbox`, and cookies go over plain HTTP on loopback.
    """

    public_url: str
    development: bool = True

    @property
    def secure(self) -> bool:
        """Whether cookies are for TLS alone."""
        return self.public_url.startswith("https://")


@dataclass(frozen=True, slots=True)
class Services:
    """What handlers work with.

    Attributes:
        settings: How the provider is run.
        store: Where everything is kept.
        sealing: What seals secrets.
        configurations: What is remembered of the configuration, as of now.
        clock: Returns the time in seconds since 1970.
    """

    settings: Settings
    store: Store
    sealing: SealingKey
    configurations: "Configurations"
    clock: Callable[[], float] = field(default=time.time)

    def now(self) -> int:
        """Return the time in whole milliseconds since 1970, as the store keeps it."""
        return int(self.clock() * 1000)

    def api_url(self, environment_id: str) -> str:
        """Return the URL of an environment in the platform's API."""
        return f"{self.settings.public_url}/v1/environments/{environment_id}"

    def auth_url(self, environment_id: str) -> str:
        """Return the URL under which an environment's people and clients sign on."""
        return f"{self.settings.public_url}/{environment_id}"

    def issuer(self, environment_id: str) -> str:
        """Return the environment's issuer."""
        return f"{self.auth_url(environment_id)}/as"
