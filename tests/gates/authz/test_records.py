"""What the server tells of itself: health, readiness, metrics, the access log."""

import json

import pytest

from gatepost.gates.authz.blackboard import Blackboard
from gatepost.gates.authz.metrics import Metrics, exposition
from gatepost.policy.access_request import AccessRequest
from gatepost.policy.decision import Allow, Decision, Deny
from gatepost.policy.policy import Policy
from tests.gates.authz.in_process import InProcess, bearer, policy, token


def test_it_is_alive_and_ready_when_keys_are_at_hand() -> None:
    asked = InProcess()
    assert asked.ask("/healthz").status == 200
    got = asked.ask("/readyz")
    assert (got.status, json.loads(got.body)["ready"]) == (200, True)


def test_it_is_not_ready_while_it_drains_and_asks_to_close_connections() -> None:
    asked = InProcess()
    asked.application.draining = True
    assert asked.ask("/readyz").status == 503
    assert asked.nginx("GET", "/health").value("Connection") == "close"
    assert asked.nginx("GET", "/health").status == 200


def test_metrics_count_decisions_by_gate_reason_and_route() -> None:
    asked = InProcess()
    asked.nginx("GET", "/user", [bearer(token())])
    asked.nginx("GET", "/user")
    asked.forward("GET", "/user")
    asked.ask("/nginx", client=("192.0.2.1", 1))
    text = asked.ask("/metrics").body.decode()
    route = 'route="GET,HEAD /user"'
    assert f'gatepost_decisions_total{{gate="nginx",decision="allow",reason="",{route}}} 1' in text
    assert f'gatepost_decisions_total{{gate="nginx",decision="deny",reason="missing_token",{route}}} 1' in text
    assert f'gatepost_decisions_total{{gate="forward",decision="deny",reason="missing_token",{route}}} 1' in text
    assert 'gatepost_decision_seconds_bucket{le="+Inf"} 3' in text
    assert "gatepost_decision_seconds_count 3" in text
    assert "gatepost_untrusted_total 1" in text
    assert 'gatepost_keys{issuer="https://auth.example",worker="0"} 1' in text
    assert 'gatepost_key_age_seconds{issuer="https://auth.example",worker="0"}' in text


def test_the_workers_figures_are_added_up_and_outlive_a_worker() -> None:
    board = Blackboard(2)
    first, second = Metrics(), Metrics()
    first.decided("nginx", Allow(None, {}, "* /health"), 0.0001)
    second.decided("nginx", Allow(None, {}, "* /health"), 0.0001)
    second.decided("nginx", Deny(403, "no_route", "No."), 2.0)
    board.write(0, first.figures({}))
    board.write(1, second.figures({}))
    again = Metrics(board.read(1))
    again.decided("nginx", Allow(None, {}, "* /health"), 0.0001)
    board.write(1, again.figures({}))
    text = exposition(board.read_all())
    assert 'gatepost_decisions_total{gate="nginx",decision="allow",reason="",route="* /health"} 3' in text
    assert "gatepost_decision_seconds_count 4" in text


def test_a_place_that_is_half_written_is_not_believed() -> None:
    board = Blackboard(1)
    board.write(0, Metrics().figures({}))
    board._memory[20] ^= 1
    assert board.read(0) is None


def test_what_a_label_may_not_hold_is_escaped() -> None:
    metrics = Metrics()
    metrics.decided("nginx", Deny(403, "no_route", "No.", route='a"b\\c\nd'), 0.0)
    assert 'route="a\\"b\\\\c\\nd"' in exposition({0: metrics.figures({})})


def test_the_log_has_a_line_for_each_decision_and_no_secret() -> None:
    asked = InProcess()
    text = token()
    asked.nginx("GET", "/user?code=secret", [bearer(text)])
    asked.nginx("GET", '/user/"\n', [bearer(text)])
    allowed, denied = (json.loads(line) for line in asked.log.getvalue().splitlines())
    assert (allowed["decision"], allowed["path"], allowed["sub"]) == ("allow", "/user", "alice")
    assert (denied["decision"], denied["status"], denied["reason"]) == ("deny", 400, "unclear_path")
    assert "secret" not in asked.log.getvalue()
    assert not any(part in asked.log.getvalue() for part in text.split("."))


@pytest.mark.parametrize(("wanted", "lines"), [("all", 2), ("denied", 1), ("none", 0)])
def test_the_log_keeps_what_is_wanted(wanted: str, lines: int) -> None:
    asked = InProcess(wanted=wanted)  # type: ignore[arg-type]  # the parameter's strings
    asked.nginx("GET", "/health")
    asked.nginx("GET", "/nowhere")
    assert len(asked.log.getvalue().splitlines()) == lines


def test_a_defect_lets_nobody_in_and_is_no_500(caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> Policy:
        raise RuntimeError("for the test")

    asked = InProcess(broken)
    assert asked.forward("GET", "/health").status == 503
    got = asked.nginx("GET", "/health")
    assert (got.status, got.value("X-Gatepost-Status")) == (403, "503")
    assert "for the test" in caplog.text


def test_a_header_that_could_begin_another_one_is_a_defect_and_lets_nobody_in(caplog: pytest.LogCaptureFixture) -> None:
    class Injecting(Policy):
        def check_at_hand(self, request: AccessRequest) -> Decision:
            return Allow(None, {"X-User": "a\r\nX-Role: root"}, "* /health")

    got = InProcess(lambda: Injecting({}, [])).forward("GET", "/health")
    assert (got.status, got.value("X-User")) == (403, "")
    assert "a decision could not be written" in caplog.text


def test_the_policy_that_holds_now_decides() -> None:
    policies = [policy()]
    asked = InProcess(lambda: policies[-1])
    assert asked.nginx("GET", "/health").status == 200
    policies.append(Policy({}, []))
    assert asked.nginx("GET", "/health").status == 403
