"""AWS's loader and translator are imported without their heavy parts, and nothing is left of what stood in."""

import subprocess
import sys
from pathlib import Path

PROGRAM = """
import sys
from pathlib import Path
from gatepost.apigateway.template import load
load(Path(sys.argv[1]), parameters={"PingOneIssuer": "https://i.example"})
assert "boto3" not in sys.modules
assert "botocore" not in sys.modules
assert "sympy" not in sys.modules
assert "networkx" not in sys.modules
import boto3, cfnlint, cfnlint.rules.errors
assert boto3.Session(region_name="eu-west-1").region_name == "eu-west-1"
assert cfnlint.decode.cfn_yaml.CfnParseError
from samtranslator.sdk.parameter import Session
assert type(Session(region_name="eu-west-1")) is boto3.Session
print("good")
"""


def test_a_start_loads_no_more_than_it_needs(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    template = tmp_path / "template.yaml"
    template.write_bytes((Path(__file__).parent / "templates" / "pingone.yaml").read_bytes())
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, template], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.stdout, done.stderr) == ("good\n", "")
