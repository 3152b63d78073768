"""What a process gets for a call: the event, with what Lambda says about the call."""

import time

from gatepost.apigateway.functions import runtime_api
from gatepost.apigateway.functions.call import Call, trace_id
from gatepost.apigateway.model.function import Function


def event_for(call: Call, function: Function) -> bytes:
    """Return the answer to `next` of the Runtime API, for a call that begins now."""
    now = time.time()
    return runtime_api.reply(
        200,
        call.payload,
        "Content-Type: application/json\r\n"
        f"Lambda-Runtime-Aws-Request-Id: {call.request_id}\r\n"
        f"Lambda-Runtime-Deadline-Ms: {int((now + function.timeout) * 1000)}\r\n"
        f"Lambda-Runtime-Invoked-Function-Arn: {function.arn}\r\n"
        f"Lambda-Runtime-Trace-Id: {trace_id(now)}\r\n",
    )
