"""What a page shows, before it is drawn."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from gatepost.provider.pages.texts import text
from gatepost.provider.signon.flows import Step
from gatepost.provider.signon.state import Flow


class View(NamedTuple):
    """A page.

    Attributes:
        template: The name of its template.
        title: Its title.
        values: What it shows.
        fields: Its fields, in their order.
        passwords: Whether somebody chooses a new password on it.
        scripted: Whether it has the script of passkeys.
    """

    template: str
    title: str
    values: Mapping[str, Any] = {}
    fields: tuple[str, ...] = ()
    passwords: bool = False
    scripted: bool = False


class ScopeWords(NamedTuple):
    """What a scope allows.

    Attributes:
        text: In words.
        name: Its name, where the words do not say enough, or an empty text.
    """

    text: str
    name: str = ""


class At(NamedTuple):
    """Where a flow stands, and what else a page needs to know.

    Attributes:
        step: Where it stands.
        environment: The name of the environment.
        scopes: What a consent is about.
    """

    step: Step
    environment: str
    scopes: tuple[ScopeWords, ...] = ()

    @property
    def flow(self) -> Flow:
        """The flow."""
        return self.step.flow

    @property
    def application(self) -> str:
        """What the application is called."""
        return self.flow.application_name or text("the_application")

    @property
    def to_application(self) -> str:
        """Where signing on leads."""
        return text("to_application", application=self.application)

    @property
    def signed_on(self) -> str:
        """The name of who has proven who they are, or an empty text."""
        return "" if self.flow.user is None else self.flow.user.username

    @property
    def names(self) -> dict[str, str]:
        """The names that were proposed and given."""
        return {"hint": self.flow.hint, "claimed": self.flow.claimed}
