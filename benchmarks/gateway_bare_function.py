"""Call the benchmark's silent function without a gateway, one call after the other, and print the median in ms.

python benchmarks/gateway_bare_function.py TEMPLATE SECONDS
"""

import asyncio
import statistics
import sys
import time
from pathlib import Path

from gatepost.apigateway.events.encoding import encoded
from gatepost.apigateway.events.samples import sample
from gatepost.apigateway.functions.pool import FunctionPool
from gatepost.apigateway.template import load


async def main(template: Path, seconds: float) -> None:
    """Measure and print."""
    pool = FunctionPool(load(template).functions)
    await pool.start()
    try:
        event = encoded(sample("http-v2", path="/silent"))
        for _ in range(50):
            await pool.invoke("Silent", event)
        taken = []
        end = time.perf_counter() + seconds
        while (start := time.perf_counter()) < end:
            called = await pool.invoke("Silent", event)
            taken.append(time.perf_counter() - start)
            assert called.outcome == "answered"
    finally:
        await pool.close()
    print(statistics.median(taken) * 1000)


if __name__ == "__main__":
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main(Path(sys.argv[1]), float(sys.argv[2])))
