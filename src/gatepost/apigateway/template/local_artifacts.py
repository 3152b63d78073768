"""Local folders and files in a template, which AWS's translator takes only once they were uploaded.

`sam package` uploads them and writes where they are; here each gets a name of that kind, which leads back to it.
"""

import re
from pathlib import Path

from gatepost.apigateway.template.intrinsics import Evaluator
from gatepost.apigateway.template.node import Value
from gatepost.apigateway.template.resources import Resources

BUCKET = "gatepost-local-files"

# The properties of a SAM template that may name a local file or folder.
_PROPERTIES = {
    "AWS::Serverless::Function": "CodeUri",
    "AWS::Serverless::LayerVersion": "ContentUri",
    "AWS::Serverless::Api": "DefinitionUri",
    "AWS::Serverless::HttpApi": "DefinitionUri",
    "AWS::Serverless::StateMachine": "DefinitionUri",
}
_REMOTE = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)


class LocalArtifacts:
    """The local files and folders of a template."""

    def __init__(self, folder: Path) -> None:
        """Take the template's folder, to which its paths are relative."""
        self._folder = folder
        self._paths: list[Path] = []

    def hide(self, template: dict[str, Value], resources: Resources, evaluator: Evaluator) -> None:
        """Put names of uploaded files where `template` has local ones, in place."""
        for resource in resources:
            name = _PROPERTIES.get(resource.kind)
            properties = resource.properties
            if name is not None and isinstance(properties, dict) and name in properties:
                properties[name] = self._uploaded(evaluator.evaluate(properties[name], resource.place))
        globals_ = template.get("Globals")
        for section in globals_.values() if isinstance(globals_, dict) else ():
            for name in set(_PROPERTIES.values()):
                if isinstance(section, dict) and name in section:
                    section[name] = self._uploaded(section[name])

    def _uploaded(self, value: Value) -> Value:
        if not isinstance(value, str) or _REMOTE.match(value):
            return value
        return f"s3://{BUCKET}/{self._number(value)}"

    def _number(self, path: str) -> int:
        self._paths.append((self._folder / path).resolve())
        return len(self._paths) - 1

    def path(self, value: Value) -> Path | None:
        """Return the file or folder that `value` stands for, or `None` when it is somewhere else.

        Args:
            value: A path, or the place of an uploaded file as a property of a function, a layer or an API says it.
        """
        if isinstance(value, str):
            return None if _REMOTE.match(value) else (self._folder / value).resolve()
        if not isinstance(value, dict):
            return None
        bucket = value.get("S3Bucket", value.get("Bucket"))
        key = value.get("S3Key", value.get("Key"))
        return self._paths[int(key)] if bucket == BUCKET and key is not None else None
