"""How a server sends mail where people are reached: over SMTP with TLS, or not at all."""

import asyncio
import logging
import smtplib
import ssl
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from gatepost.errors import ConfigurationError
from gatepost.identity.mail import Mail

_TIMEOUT = 15.0
_PORTS = {"smtp": 587, "smtps": 465}

_logger = logging.getLogger("gatepost.provider")


class SmtpMailer:
    """Sends mail through a mail server, with TLS from the start (`smtps`) or before anything is said (`smtp`)."""

    def __init__(self, url: str, sender: str, password: str | None, *, context: ssl.SSLContext | None = None) -> None:
        """Take where the mail server is.

        Args:
            url: `smtp://user@host:587` or `smtps://user@host:465`; the user and the port may be left out.
            sender: The address that mail comes from.
            password: The user's password, or `None`.
            context: What the server's certificate is verified with; the system's by default.

        Raises:
            ConfigurationError: When the URL or the address is none.
        """
        hint = "write smtp://user@mail.example.com:587 or smtps://user@mail.example.com:465"
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError:
            raise ConfigurationError(f"the mail server's URL cannot be read; {hint}") from None
        if parts.scheme not in _PORTS or not host or parts.password is not None:
            raise ConfigurationError(f"this is no mail server's URL, or a password stands in it; {hint}")
        if sender.count("@") != 1 or not sender.isprintable():
            raise ConfigurationError("the sender of mail is an address such as no-reply@example.com")
        self._implicit = parts.scheme == "smtps"
        self._host, self._port = host, port or _PORTS[parts.scheme]
        self._user = None if parts.username is None else unquote(parts.username)
        self._sender = sender
        self._password = password
        self._context = context or ssl.create_default_context()

    async def send(self, mail: Mail, now: int) -> None:
        """Send a mail; one that cannot be sent is logged, without what it says."""
        try:
            await asyncio.to_thread(self._send, mail)
        except (OSError, smtplib.SMTPException) as error:
            _logger.error("mail cannot be sent through %s: %s", self._host, type(error).__name__)  # noqa: TRY400 - no text of it

    def _send(self, mail: Mail) -> None:
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self._sender, mail.recipient, mail.subject
        message.set_content(mail.text)
        if self._implicit:
            connection: smtplib.SMTP = smtplib.SMTP_SSL(self._host, self._port, timeout=_TIMEOUT, context=self._context)
        else:
            connection = smtplib.SMTP(self._host, self._port, timeout=_TIMEOUT)
        with connection:
            if not self._implicit:
                connection.starttls(context=self._context)
            if self._user is not None:
                connection.login(self._user, self._password or "")
            connection.send_message(message)


class NoMailer:
    """Sends nothing, and says so: what a mail says is for nobody who reads a log."""

    async def send(self, mail: Mail, now: int) -> None:
        """Log that a mail was not sent."""
        _logger.warning("a mail of environment %s was not sent: start with --smtp URL", mail.environment_id)
