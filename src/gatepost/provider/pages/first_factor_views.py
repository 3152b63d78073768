"""The pages that find out who somebody is: names, passwords, registration."""

from gatepost.provider.pages.texts import text
from gatepost.provider.pages.view import At, View


def sign_on(at: At) -> View:
    """Return the page that asks for a name and a password."""
    values = {**at.names, "lead": at.to_application}
    return View("sign_on", text("sign_on.title"), values, ("username", "password"))


def identifier(at: At) -> View:
    """Return the page that asks for a name."""
    return View("identifier", text("sign_on.title"), {**at.names, "lead": at.to_application}, ("username",))


def password(at: At) -> View:
    """Return the page that asks for the password to a name."""
    return View("password", text("password.title"), {**at.names, "lead": at.to_application}, ("password",))


def forgot(at: At) -> View:
    """Return the page that asks whose password was forgotten."""
    return View("forgot", text("forgot.title"), {**at.names, "lead": text("forgot.lead")}, ("username",))


def recover(at: At) -> View:
    """Return the page that asks for the code that was sent, and a new password."""
    values = {**at.names, "lead": text("recover.lead", username=at.flow.claimed)}
    fields = ("recoveryCode", "newPassword", "repeated")
    return View("recover", text("recover.title"), values, fields, passwords=True)


def change_password(at: At) -> View:
    """Return the page where a password has to be changed."""
    key = "must_change" if at.flow.status == "MUST_CHANGE_PASSWORD" else "expired"
    values = {**at.names, "lead": text(f"{key}.lead")}
    fields = ("currentPassword", "newPassword", "repeated")
    return View("change_password", text(f"{key}.title"), values, fields, passwords=True)


def register(at: At) -> View:
    """Return the page where somebody registers."""
    fields = ("username", "email", "given", "family", "password", "repeated")
    return View("register", text("register.title"), {"lead": at.to_application}, fields, passwords=True)


def verify(at: At) -> View:
    """Return the page that asks for the code that proves an address."""
    lead = {"lead": text("verify.lead", username=at.flow.claimed)}
    return View("verify", text("verify.title"), lead, ("verificationCode",))
