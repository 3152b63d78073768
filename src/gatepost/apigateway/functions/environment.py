"""The environment of a function's process: what the template says and what Lambda sets; nothing of the developer's."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from gatepost.apigateway.model.function import Function


def environment(
    function: Function,
    *,
    task_root: Path,
    api: str,
    own_folder: Path,
    path: Sequence[Path] = (),
    handed_on: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Return the variables of a process (docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html).

    Args:
        function: The function.
        task_root: The folder of its code.
        api: The host and port of its Runtime API.
        own_folder: A folder for its home and its temporary files.
        path: Where programs are looked for first.
        handed_on: Variables that the user hands on to all functions, such as credentials; the template's come first.
    """
    region = _part(function.arn, 3) or "us-east-1"
    layers = function.layers
    programs = [*map(str, path), *(str(layer / "bin") for layer in layers), "/usr/local/bin", "/usr/bin", "/bin"]
    libraries = [task_root, task_root / "lib", *(layer / "lib" for layer in layers)]
    return {
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        "PATH": os.pathsep.join(programs),
        "LD_LIBRARY_PATH": os.pathsep.join(map(str, libraries)),
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_EC2_METADATA_DISABLED": "true",  # nobody answers there; without this, boto3 waits for somebody
        "AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR",
        "HOME": str(own_folder),
        "TMPDIR": str(own_folder),
        **(handed_on or {}),
        **function.environment,
        "LAMBDA_TASK_ROOT": str(task_root),
        "LAMBDA_RUNTIME_DIR": str(Path(__file__).with_name("client")),
        "_HANDLER": function.handler,
        "AWS_LAMBDA_RUNTIME_API": api,
        "AWS_LAMBDA_FUNCTION_NAME": function.name,
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory),
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{function.name}",
        "AWS_LAMBDA_LOG_STREAM_NAME": f"local/[$LATEST]{own_folder.name}",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{function.runtime}",
    }


def _part(arn: str, index: int) -> str:
    parts = arn.split(":")
    return parts[index] if len(parts) > index else ""
