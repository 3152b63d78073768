"""How long people take to be found among many: in PostgreSQL, through the functions that the platform's API uses."""

import random
import statistics
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path

from sqlalchemy import text

from gatepost.identity import users
from gatepost.identity.entity import Page
from gatepost.identity.store.store import Store
from provider_world import make
from rounds import Spread
from tests.end_to_end.real_parts.postgresql import database

FEW, MANY = 1_000, 1_000_000
_EACH, _ROUNDS = 60, 7
_MIDDLE = f"{'7' * 8}-7777-4777-9777-{'7' * 12}"  # a cursor is the identifier before it


def measure(folder: Path, server: str, many: int = MANY) -> Mapping[str, tuple[Spread, Spread]]:
    """Return the milliseconds of each question, among few and among many, asked in turn."""
    folder.mkdir()
    with ExitStack() as stack:
        asked = []
        for number in (FEW, many):
            url = stack.enter_context(database(server, f"people_{number}"))
            environment_id = make(url, folder / f"{number}.key", number).environment_id
            store = Store.open(url)
            stack.callback(store.close)
            store.write(lambda each: each.execute(text("ANALYZE")))
            asked.append(_questions(store, environment_id, number))
        few, among_many = asked
        return {name: _taken(question, among_many[name]) for name, question in few.items()}


def _questions(store: Store, environment_id: str, number: int) -> dict[str, Callable[[], object]]:
    ids = [each.id for each in store.read(lambda each: users.listed(each, environment_id, Page(1000))).items]
    chosen = random.Random(7)

    def named() -> object:
        wanted = f'username eq "user{chosen.randrange(number)}"'
        return store.read(lambda each: users.listed(each, environment_id, Page(100), wanted))

    return {
        "a user by identifier": lambda: store.read(lambda each: users.get(each, environment_id, chosen.choice(ids))),
        'filter `username eq "…"`': named,
        "the first page of 100": lambda: store.read(lambda each: users.listed(each, environment_id, Page(100))),
        "a page of 100 in the middle, by its cursor": lambda: store.read(
            lambda each: users.listed(each, environment_id, Page(100, _MIDDLE))
        ),
    }


def _taken(few: Callable[[], object], many: Callable[[], object]) -> tuple[Spread, Spread]:
    """Return the milliseconds of two questions, asked in turn: medians of rounds."""
    rounds = [(_median(few), _median(many)) for _ in range(_ROUNDS)]
    return Spread([each[0] for each in rounds]), Spread([each[1] for each in rounds])


def _median(question: Callable[[], object]) -> float:
    taken = []
    for _ in range(_EACH):
        begun = time.perf_counter()
        question()
        taken.append((time.perf_counter() - begun) * 1000)
    return statistics.median(taken)
