"""Files that changed are noticed."""

from pathlib import Path

from gatepost.policy.settings.toml_document import read_documents
from gatepost.policy.settings.watched_files import WatchedFiles


def test_a_file_is_watched_from_when_it_was_first_added(tmp_path: Path) -> None:
    path, watched = tmp_path / "file", WatchedFiles()
    assert not watched.changed()
    watched.add(path)
    assert not watched.changed()
    path.write_text("there")
    assert watched.changed()
    watched.add(path)
    assert watched.changed()
    assert watched.paths == (path,)


def test_what_has_no_line_of_its_own_is_on_that_of_what_is_around_it(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("\n[a]\nb = 1\n")
    (document,) = read_documents(path, {}, WatchedFiles())
    assert document.line(("a", "b")) == 3
    assert document.line(("a", "b", 0, "c")) == 3
    assert document.line(("a", "nothing")) == 2
    assert document.line(("nothing",)) == 0
    assert document.place(("a",)) == f"{path}:2"
