"""Mail of a server that people reach."""

import asyncio
import smtplib
from email.message import EmailMessage
from typing import Any

import pytest

from gatepost.errors import ConfigurationError
from gatepost.identity.mail import Mail
from gatepost.provider.serving.mailers import NoMailer, SmtpMailer

MAIL = Mail("env", "ann@example.com", "Your code", "the code is 1234")


class Mailbox:
    """A mail server, as `smtplib` shows it."""

    def __init__(self) -> None:
        self.did: list[Any] = []
        self.sent: list[EmailMessage] = []

    def __call__(self, host: str, port: int, **_: object) -> "Mailbox":
        self.did.append((host, port))
        return self

    def __enter__(self) -> "Mailbox":
        return self

    def __exit__(self, *_: object) -> None:
        self.did.append("closed")

    def starttls(self, **_: object) -> None:
        self.did.append("starttls")

    def login(self, user: str, password: str) -> None:
        self.did.append((user, password))

    def send_message(self, message: EmailMessage) -> None:
        self.sent.append(message)


@pytest.mark.parametrize(
    ("url", "name", "did"),
    [
        (
            "smtp://gate%40post@mail.example.com",
            "SMTP",
            [("mail.example.com", 587), "starttls", ("gate@post", "pw"), "closed"],
        ),
        ("smtps://mail.example.com:4465", "SMTP_SSL", [("mail.example.com", 4465), "closed"]),
    ],
)
def test_mail_goes_by_tls(monkeypatch: pytest.MonkeyPatch, url: str, name: str, did: list[Any]) -> None:
    mailbox = Mailbox()
    monkeypatch.setattr(smtplib, name, mailbox)
    asyncio.run(SmtpMailer(url, "no-reply@example.com", "pw").send(MAIL, 1))
    assert mailbox.did == did
    (message,) = mailbox.sent
    assert (message["To"], message["From"], message["Subject"]) == (
        "ann@example.com",
        "no-reply@example.com",
        "Your code",
    )
    assert message.get_content() == "the code is 1234\n"


@pytest.mark.parametrize(
    ("url", "sender"),
    [
        ("http://mail.example.com", "a@example.com"),
        ("smtp://", "a@example.com"),
        ("smtp://user:secret@mail.example.com", "a@example.com"),
        ("smtp://mail.example.com", "nobody"),
        ("smtp://mail.example.com", "a@example.com\nBcc: b@example.com"),
        ("smtp://mail.example.com:x", "a@example.com"),
    ],
)
def test_what_is_no_mail_server_is_refused(url: str, sender: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        SmtpMailer(url, sender, None)
    assert "secret" not in str(caught.value)


def test_mail_that_is_not_sent_is_logged_without_what_it_says(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError("1234 ann@example.com")

    monkeypatch.setattr(smtplib, "SMTP", fail)
    asyncio.run(SmtpMailer("smtp://mail.example.com", "a@example.com", None).send(MAIL, 1))
    asyncio.run(NoMailer().send(MAIL, 1))
    assert "cannot be sent through mail.example.com: OSError" in caplog.text
    assert "--smtp" in caplog.text
    assert "1234" not in caplog.text
    assert "ann@" not in caplog.text
