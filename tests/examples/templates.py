"""What AWS's own tools say of a template."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from unittest.mock import patch

from cfnlint.decode.cfn_yaml import loads  # type: ignore[import-untyped]
from samtranslator.translator.managed_policy_translator import ManagedPolicyLoader
from samtranslator.translator.transform import transform


def translated(template: Path, parameters: dict[str, str]) -> dict[str, Any]:
    """Return the template as CloudFormation gets it, from AWS's own translator."""
    document = json.loads(json.dumps(loads(template.read_text())))
    for resource in document["Resources"].values():
        if "CodeUri" in resource["Properties"]:  # as `sam package` leaves it
            resource["Properties"]["CodeUri"] = "s3://bucket/key"
    with patch.dict(os.environ, {"AWS_DEFAULT_REGION": "eu-central-1"}):
        result: dict[str, Any] = transform(document, dict(parameters), ManagedPolicyLoader(None))
    return result


def complaints(template: Path) -> str:
    """Return what cfn-lint finds wrong, warnings among it."""
    command = [sys.executable, "-m", "cfnlint", str(template)]
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=100).stdout
