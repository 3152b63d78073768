"""What `gatepost authz` says before it serves."""

from pathlib import Path

import pytest

from gatepost.cli.authz import _warn_of_lonely_memories

POLICY = """
[issuers.partner]
issuer = "https://issuer.example"
audience = ["api"]

[[routes]]
match = "GET /user"
issuers = ["partner"]
dpop = "{dpop}"
"""


@pytest.mark.parametrize(("dpop", "warned"), [("allowed", True), ("required", True), ("off", False)])
def test_several_workers_without_a_shared_memory_of_proofs_are_warned_of(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], dpop: str, warned: bool
) -> None:
    file = tmp_path / "gatepost.toml"
    file.write_text(POLICY.format(dpop=dpop))
    _warn_of_lonely_memories(file)
    assert ("[redis]" in capsys.readouterr().err) is warned
