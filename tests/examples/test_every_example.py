"""Every example can be read, installed and tried by itself."""

from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
FOLDERS = sorted(path for path in EXAMPLES.iterdir() if (path / "README.md").exists())


def test_there_are_examples() -> None:
    assert FOLDERS
    assert all((path / "README.md").exists() for path in EXAMPLES.iterdir() if path.is_dir() and any(path.glob("*.py")))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_an_example_says_how_to_run_it_and_has_its_own_test(folder: Path) -> None:
    assert list(folder.glob("test_*.py"))
    assert "gatepost" in (folder / "requirements.txt").read_text()
    assert "pip install" in (folder / "README.md").read_text()
