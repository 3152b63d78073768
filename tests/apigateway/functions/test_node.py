"""Functions in Node.js, under a runtime client that does with its connection what aws-lambda-ric does."""

import json
from pathlib import Path

import pytest

from gatepost.apigateway.functions.failures import MAX_RESPONSE
from gatepost.apigateway.functions.node_runtime import find_runtime_client
from gatepost.apigateway.functions.pool import FunctionPool
from gatepost.apigateway.invoking import Invocation
from gatepost.apigateway.model.function import Function
from tests.apigateway.functions.world import DEADLINE, Written, with_pool
from tests.end_to_end.real_parts.node import NODE
from tests.end_to_end.real_parts.npm_packages import installed

_CLIENT = Path(__file__).with_name("node_client")

_HANDLER = """
exports.handler = async (event) => {
  console.log("a line");
  if (event.do === "raise") throw new Error("Unauthorized");
  if (event.do === "exit") process.exit(3);
  if (event.do === "large") return "x".repeat(event.size);
  return event;
};
"""
_STAND_IN = """
import { createRequire } from "node:module";
const client = createRequire(import.meta.url)("./rapid-client.node");
const [file, name] = process.argv[2].split(".");
const handler = createRequire(process.cwd() + "/")(`./${file}.js`)[name];
for (;;) {
  const { bodyJson, headers } = await client.next();
  const id = headers["lambda-runtime-aws-request-id"];
  try {
    client.done(id, JSON.stringify(await handler(JSON.parse(bodyJson))));
  } catch (error) {
    client.error(id, JSON.stringify({ errorType: error.name, errorMessage: error.message, trace: [] }), "");
  }
}
"""


def _function(folder: Path) -> Function:
    (folder / "app.js").write_text(_HANDLER)
    arn = "arn:aws:lambda:eu-west-1:123456789012:function:Fn"
    return Function("Fn", "Fn", arn, "app.handler", "nodejs22.x", folder, timeout=DEADLINE, memory=512)


async def _calls(pool: FunctionPool, written: Written) -> list[Invocation]:
    events: list[dict[str, object]] = [
        {"é": "ü"},
        {"do": "raise"},
        {"do": "exit"},
        {"do": "large", "size": 300_000},
        {"do": "large", "size": MAX_RESPONSE},
        {"again": True},
    ]
    answers = [await pool.invoke("Fn", json.dumps(event).encode()) for event in events]
    assert sum("a line" in line for line in written.lines) == len(events)
    return answers


def _check(answers: list[Invocation]) -> None:
    expected = ["answered", "raised", "crashed", "answered", "too large", "answered"]
    assert [answer.outcome for answer in answers] == expected
    assert json.loads(answers[0].payload) == {"é": "ü"}
    assert json.loads(answers[1].payload)["errorMessage"] == "Unauthorized"
    assert len(answers[3].payload) == 300_002
    assert json.loads(answers[5].payload) == {"again": True}


@pytest.mark.parametrize("name", ["bin/index.mjs", "index.mjs"], ids=["until 3", "since 4"])
def test_a_function_is_run_by_a_runtime_client_without_its_compiled_part(tmp_path: Path, name: str) -> None:
    NODE.require()
    entry = tmp_path / "node_modules" / "aws-lambda-ric" / name
    entry.parent.mkdir(parents=True)
    entry.write_text(_STAND_IN)
    _check(with_pool(_calls, _function(tmp_path)))


def test_a_function_is_run_by_awss_own_runtime_client(tmp_path: Path) -> None:
    (tmp_path / "node_modules").symlink_to(installed(_CLIENT).folder / "node_modules")
    assert find_runtime_client(tmp_path) is not None
    _check(with_pool(_calls, _function(tmp_path)))
