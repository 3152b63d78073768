"""The Node.js that the tests start is a real one, with npm."""

from tests.end_to_end.real_parts.node import Node


def test_node_runs_scripts_with_web_crypto(node: Node) -> None:
    assert node.run("--eval", "console.log(typeof crypto.subtle.verify)") == "function\n"


def test_npm_reads_a_package(node: Node) -> None:
    node.folder.joinpath("package.json").write_text('{"name": "client", "version": "1.2.3"}')
    assert '"1.2.3"' in node.npm("pkg", "get", "version")
