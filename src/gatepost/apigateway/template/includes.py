"""`AWS::Include` of local files, which stands where the file's content belongs (CloudFormation, "AWS::Include")."""

from pathlib import Path

from gatepost.apigateway.model.place import Place, TemplateError
from gatepost.apigateway.template.decoding import decode
from gatepost.apigateway.template.node import Value, mark_of
from gatepost.apigateway.template.report import Report


class Including:
    """Puts the content of files where a template includes them.

    Attributes:
        files: The files that were included.
    """

    def __init__(self, folder: Path, report: Report) -> None:
        """Look for files below `folder`."""
        self._folder = folder
        self._report = report
        self.files: list[str] = []

    def include(self, value: Value, file: str) -> None:
        """Replace every `AWS::Include` in `value`, in place."""
        if isinstance(value, list):
            for each in value:
                self.include(each, file)
        if not isinstance(value, dict):
            return
        # AWS does not look into what it included for more to include.
        for member in list(value.values()):
            self.include(member, file)
        for name in ("Fn::Transform", "Transform"):
            location = _location(value.get(name))
            if location is None:
                continue
            key = next(key for key in value if key == name)
            mark = mark_of(key) or mark_of(value[name]) or mark_of(value)
            place = Place(mark.file, mark.line) if mark is not None else Place(file)
            del value[name]
            for member, content in self._content(location, place).items():
                value.setdefault(member, content)

    def _content(self, location: Value, place: Place) -> dict[str, Value]:
        if not isinstance(location, str) or "://" in location:
            self._report.problem(place, "AWS::Include needs the Location of a local file.")
            return {}
        path = self._folder / location
        try:
            content = decode(path)
        except TemplateError as error:
            self._report.problems.extend(error.problems)
            return {}
        self.files.append(str(path))
        return content


def _location(value: Value) -> Value:
    if not isinstance(value, dict) or value.get("Name") != "AWS::Include":
        return None
    parameters = value.get("Parameters")
    return parameters.get("Location", "") if isinstance(parameters, dict) else ""
