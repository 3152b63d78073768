"""Faults as they are switched on and off."""

import pytest

from gatepost.errors import ConfigurationError
from gatepost.testing import Endpoint, Fault
from gatepost.testing.fault import Faults


@pytest.fixture
def faults() -> Faults:
    return Faults()


def test_without_a_fault_requests_meet_none(faults: Faults) -> None:
    assert faults.meet(Endpoint.JWKS) is None


def test_a_fault_everywhere_is_met_at_every_endpoint(faults: Faults) -> None:
    faults.switch_on(Fault.GARBAGE, None, None, 0)
    assert {faults.meet(endpoint) for endpoint in Endpoint} == {Fault.GARBAGE}


def test_a_fault_at_one_endpoint_is_met_only_there(faults: Faults) -> None:
    faults.switch_on(Fault.GARBAGE, Endpoint.JWKS, None, 0)
    assert faults.meet(Endpoint.JWKS) is Fault.GARBAGE
    assert faults.meet(Endpoint.DISCOVERY) is None


def test_a_later_fault_takes_the_place_of_an_earlier_one(faults: Faults) -> None:
    faults.switch_on(Fault.GARBAGE, None, None, 0)
    faults.switch_on(Fault.SERVER_ERROR, Endpoint.JWKS, None, 0)
    assert faults.meet(Endpoint.JWKS) is Fault.SERVER_ERROR
    assert faults.meet(Endpoint.DISCOVERY) is Fault.GARBAGE


def test_a_fault_heals_by_itself_after_so_many_requests(faults: Faults) -> None:
    faults.switch_on(Fault.SERVER_ERROR, Endpoint.JWKS, 2, 0)
    met = [faults.meet(Endpoint.JWKS) for _ in range(3)]
    assert met == [Fault.SERVER_ERROR, Fault.SERVER_ERROR, None]
    assert faults.at(Endpoint.JWKS) is None


def test_healing_one_endpoint_leaves_the_others(faults: Faults) -> None:
    faults.switch_on(Fault.GARBAGE, None, None, 0)
    faults.switch_off(Endpoint.JWKS)
    assert faults.at(Endpoint.JWKS) is None
    assert faults.at(Endpoint.TOKEN) is Fault.GARBAGE
    faults.switch_off()
    assert faults.at(Endpoint.TOKEN) is None


def test_a_slow_answer_comes_after_its_time(faults: Faults) -> None:
    faults.switch_on(Fault.SLOW, None, None, 0)
    assert faults.meet(Endpoint.JWKS) is None


@pytest.mark.parametrize(("at", "times"), [(Endpoint.JWKS, None), (None, 1)])
def test_a_refused_connection_knows_no_endpoint_and_no_request(
    faults: Faults, at: Endpoint | None, times: int | None
) -> None:
    with pytest.raises(ConfigurationError, match="refused connection"):
        faults.switch_on(Fault.REFUSED, at, times, 0)


def test_a_number_of_requests_is_at_least_one(faults: Faults) -> None:
    with pytest.raises(ConfigurationError, match="times is 1 or more"):
        faults.switch_on(Fault.GARBAGE, None, 0, 0)
