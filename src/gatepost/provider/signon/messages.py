"""What is written to users."""

from typing import Literal

_SUBJECTS = {"recovery": "Your code to set a new password", "verification": "Your code to prove your address"}
_TEXTS = {
    "recovery": "somebody, probably you, wants to set a new password{for_application}. Enter this code to do so:",
    "verification": "enter this code{for_application} to prove that this address is yours:",
}


def of_code(purpose: Literal["recovery", "verification"], code: str, application: str) -> tuple[str, str]:
    """Return the subject and the text of the mail that brings a code, which is good for ten minutes."""
    line = _TEXTS[purpose].format(for_application=f" for {application}" if application else "")
    written = f"{code[:4]}-{code[4:]}"
    text = (
        f"Hello,\n\n{line}\n\n    {written}\n\nIt is good for ten minutes. "
        "If you did not ask for it, there is nothing to do: nobody gets in without it.\n"
    )
    return _SUBJECTS[purpose], text
