"""What scopes allow is said in words."""

from sqlalchemy import Connection

from gatepost.identity import grants, resources, scopes
from gatepost.provider.pages.scope_words import in_words
from gatepost.provider.pages.view import ScopeWords
from tests.provider.pages.conftest import Paged
from tests.provider.signon.conftest import SEALING


def test_a_scope_has_words_a_description_or_its_name(paged: Paged) -> None:
    app = paged.application()

    def work(connection: Connection) -> None:
        environment_id, now = paged.environment_id, paged.now
        sent = {"name": "Orders API", "audience": "https://orders.example.com"}
        made = resources.create(connection, environment_id, sent, now, SEALING)
        wanted: tuple[dict[str, str], ...] = (
            {"name": "orders:read", "description": "See your orders"},
            {"name": "orders:write"},
        )
        ids = [{"id": scopes.create(connection, environment_id, made.id, each, now).id} for each in wanted]
        grants.create(connection, environment_id, app.id, {"resource": {"id": made.id}, "scopes": ids}, now)

    paged.write(work)
    words = in_words(paged.configuration, app.id, ["email", "orders:read", "orders:write", "unknown"])
    assert words == (
        ScopeWords("See your e-mail address"),
        ScopeWords("See your orders", "orders:read"),
        ScopeWords("orders:write"),
        ScopeWords("unknown"),
    )
