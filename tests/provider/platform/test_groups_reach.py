"""Groups: who may put whom into them, and take them out again."""

from gatepost.identity import roles
from tests.provider.platform.conftest import Api


def test_a_role_for_a_population_reaches_no_group_of_others(both: Api) -> None:
    mine, theirs = both.population(), both.population()
    user = both.user(population={"id": mine})
    everybodys = both("POST", "/groups", {"name": "everybody's"}).id
    others = both("POST", "/groups", {"name": "others'", "population": {"id": theirs}}).id
    own = both("POST", "/groups", {"name": "own", "population": {"id": mine}}).id
    upper = both("POST", "/groups", {"name": "upper", "population": {"id": mine}}).id
    token = both.application_with((roles.IDENTITY_DATA_ADMIN, "POPULATION", mine))
    for at in (f"/users/{user}/memberOfGroups", f"/groups/{own}/memberOfGroups"):
        for group in (everybodys, others):
            assert both("POST", at, {"id": group}, token=token).status == 403, (at, group)
        assert both("POST", at, {"id": upper}, token=token).status == 201
        assert both("DELETE", f"{at}/{upper}", token=token).status == 204
        assert both("POST", at, {"id": everybodys}).status == 201
        assert both("DELETE", f"{at}/{everybodys}", token=token).status == 403


def test_a_group_of_one_population_is_no_member_of_one_of_another(both: Api) -> None:
    other = both("POST", "/groups", {"name": "other", "population": {"id": both.population()}}).id
    for name, members in (("own", {"population": {"id": both.population()}}), ("everybody's", {})):
        group = both("POST", "/groups", {"name": name, **members}).id
        answer = both("POST", f"/groups/{group}/memberOfGroups", {"id": other})
        assert answer.status == 400
        assert answer.details == {("CONSTRAINT_VIOLATION", "id")}


def test_a_group_with_roles_is_taken_from_nobody_by_those_who_do_not_have_them(both: Api) -> None:
    upper, lower = both("POST", "/groups", {"name": "upper"}).id, both("POST", "/groups", {"name": "lower"}).id
    both.give("GROUP", upper, (roles.ENVIRONMENT_ADMIN, "ENVIRONMENT", both.environment_id))
    user = both.user()
    assert both("POST", f"/groups/{lower}/memberOfGroups", {"id": upper}).status == 201
    assert both("POST", f"/users/{user}/memberOfGroups", {"id": upper}).status == 201
    token = both.application_with((roles.IDENTITY_DATA_ADMIN, "ENVIRONMENT", both.environment_id))
    taking = (f"/groups/{lower}/memberOfGroups/{upper}", f"/users/{user}/memberOfGroups/{upper}", f"/groups/{upper}")
    for path in taking:
        assert both("DELETE", path, token=token).status == 403, path
    for path in taking:
        assert both("DELETE", path).status == 204, path
    assert both("DELETE", f"/groups/{lower}", token=token).status == 204
