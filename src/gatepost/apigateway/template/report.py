"""What is found while a template is read: every problem, and what the user should know."""

from gatepost.apigateway.model.place import Place, Problem, TemplateError


class Report:
    """Collects problems and notices, each once.

    Attributes:
        problems: What keeps the gateway from starting, in the order in which it was found.
        notices: What is served otherwise than on AWS, one line each.
    """

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.notices: list[str] = []

    def problem(self, place: Place, message: str) -> None:
        """Add a problem."""
        problem = Problem(place, message)
        if problem not in self.problems:
            self.problems.append(problem)

    def notice(self, place: Place, message: str) -> None:
        """Add a notice."""
        notice = f"{place}: {message}"
        if notice not in self.notices:
            self.notices.append(notice)

    def stop(self) -> None:
        """Raise everything that was found.

        Raises:
            TemplateError: When there is a problem.
        """
        if self.problems:
            raise TemplateError(*sorted(self.problems, key=lambda each: (each.place.file, each.place.line)))
