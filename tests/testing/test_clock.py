"""A clock to turn."""

from gatepost.testing import TurnableClock


def test_a_clock_that_was_given_a_time_stands_still() -> None:
    clock = TurnableClock(1_700_000_000)
    assert clock() == clock() == 1_700_000_000


def test_it_goes_with_its_source() -> None:
    times = iter([10.0, 11.5])
    clock = TurnableClock(lambda: next(times))
    assert [clock(), clock()] == [10.0, 11.5]


def test_it_is_turned_forward_and_back() -> None:
    clock = TurnableClock(100)
    clock.advance(50)
    clock.advance(-20.5)
    assert clock() == 129.5


def test_it_is_set_and_goes_on_from_there() -> None:
    source = TurnableClock(100)
    clock = TurnableClock(source)
    clock.set(5000)
    source.advance(1)
    assert clock() == 5001


def test_it_shows_its_time() -> None:
    assert repr(TurnableClock(12)) == "TurnableClock(12.0)"
