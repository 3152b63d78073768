"""What AWS says when it is not the handler that answers."""

import json
import signal

# Bytes of a response and of an event (Lambda quotas: 6 MB each).
MAX_RESPONSE = 6_291_556
MAX_EVENT = 6_291_456


def error_payload(kind: str, message: str) -> bytes:
    """Return the JSON text of an error, as a caller of a function gets it."""
    return json.dumps({"errorType": kind, "errorMessage": message}, separators=(",", ":")).encode()


def timed_out(request_id: str, seconds: float) -> bytes:
    """Return what a caller gets when the function's time is over."""
    return error_payload(
        "Sandbox.Timedout", f"RequestId: {request_id} Error: Task timed out after {seconds:.2f} seconds"
    )


def exit_words(status: int) -> str:
    """Return how a process ended, in the words of AWS.

    Args:
        status: As of `Popen.returncode`: the negative number of a signal, or the exit status.
    """
    if status >= 0:
        return f"exit status {status}" if status else "Runtime exited without providing a reason"
    try:
        name = signal.strsignal(-status)
    except ValueError:
        name = None
    return f"signal: {(name or str(-status)).lower()}"


def crashed(request_id: str, status: int, *, out_of_memory: bool = False) -> bytes:
    """Return what a caller gets when the process of the function ended before it answered."""
    words = exit_words(status)
    reason = words if words.startswith("Runtime") else f"Runtime exited with error: {words}"
    kind = "Runtime.OutOfMemory" if out_of_memory else "Runtime.ExitError"
    return error_payload(kind, f"RequestId: {request_id} Error: {reason}")


def invalid_entrypoint(request_id: str, reason: str) -> bytes:
    """Return what a caller gets when the program of the function cannot be started."""
    return error_payload("Runtime.InvalidEntrypoint", f"RequestId: {request_id} Error: {reason}")


def too_large(size: int) -> bytes:
    """Return what a caller gets when the response is larger than Lambda hands on."""
    return error_payload(
        "Function.ResponseSizeTooLarge",
        f"Response payload size ({size} bytes) exceeded maximum allowed payload size ({MAX_RESPONSE} bytes).",
    )


def event_too_large(size: int) -> bytes:
    """Return what a caller gets when the event is larger than Lambda takes."""
    return error_payload(
        "RequestTooLargeException",
        f"{size} byte payload is too large for the RequestResponse invocation type (limit {MAX_EVENT} bytes)",
    )


THROTTLED = error_payload("TooManyRequestsException", "Rate Exceeded.")
