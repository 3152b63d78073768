"""How mail leaves: through a `Mailer` of your own, or onto the console and into the outbox."""

import sys
from dataclasses import dataclass
from typing import Protocol, TextIO

from gatepost.identity import outbox
from gatepost.identity.store.store import Store


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail to one person.

    Attributes:
        environment_id: The environment that it comes from.
        recipient: Whom it is for: one address.
        subject: Its subject, one line.
        text: What it says. It may hold a code: do not log it.
    """

    environment_id: str
    recipient: str
    subject: str
    text: str

    def __post_init__(self) -> None:
        if any(each in line for line in (self.recipient, self.subject) for each in "\r\n\0"):
            raise ValueError("a recipient and a subject are one line each")

    def __repr__(self) -> str:
        """Show that it is one, and nothing of what it says."""
        return f"Mail(environment_id={self.environment_id!r})"


class Mailer(Protocol):
    """Sends mail."""

    async def send(self, mail: Mail, now: int) -> None:
        """Send a mail, at a time in milliseconds since 1970. Who asked for it waits, and learns nothing of it."""


class OutboxMailer:
    """Keeps mail in the database, where `/_gatepost/outbox` shows it."""

    def __init__(self, store: Store) -> None:
        """Keep it in this store."""
        self._store = store

    async def send(self, mail: Mail, now: int) -> None:
        """Keep a mail."""
        await self._store.write_async(
            lambda connection: outbox.put(connection, mail.environment_id, mail.recipient, mail.subject, mail.text, now)
        )


class ConsoleMailer:
    """Writes mail onto the console, for who develops."""

    def __init__(self, stream: TextIO | None = None) -> None:
        """Write to this stream, the standard error by default."""
        self._stream = stream

    async def send(self, mail: Mail, now: int) -> None:
        """Write a mail."""
        stream = self._stream or sys.stderr
        stream.write(f"\nMail to {mail.recipient}\nSubject: {mail.subject}\n\n{mail.text.rstrip()}\n\n")
        stream.flush()


class SeveralMailers:
    """Sends every mail through each of several."""

    def __init__(self, *mailers: Mailer) -> None:
        """Take the mailers."""
        self._mailers = mailers

    async def send(self, mail: Mail, now: int) -> None:
        """Send a mail through each in turn."""
        for mailer in self._mailers:
            await mailer.send(mail, now)


def for_development(store: Store) -> Mailer:
    """Return what sends mail where nobody is reached: onto the console and into the outbox."""
    return SeveralMailers(ConsoleMailer(), OutboxMailer(store))
