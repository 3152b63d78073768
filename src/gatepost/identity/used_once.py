"""What may be used once: a client's assertion at an endpoint, a proof, a code of an authenticator."""

from sqlalchemy import Connection

from gatepost.identity.ids import token_hash
from gatepost.identity.store.statements import insert_if_absent
from gatepost.identity.store.tables import used_once


def use(connection: Connection, what: str, expires_at: int) -> bool:
    """Use something, and tell whether this was the first time, for every process on this database.

    Args:
        connection: A transaction that writes.
        what: What is used, with everything that makes it another thing, such as the client and the endpoint.
        expires_at: When it is refused for its age anyway, in milliseconds since 1970.
    """
    return insert_if_absent(connection, used_once, {"what_hash": token_hash(what), "expires_at": expires_at})
