"""Run a function under awslambdaric, in the function's own interpreter: `python -S launch.py HANDLER`.

`python -m awslambdaric` does the same, but for Python 3.12 and later it starts a thread to wait for each event, so that
signals are noticed meanwhile. This client waits in a way that notices them anyway.
"""

import os
import sys

# Not the folder of this file: its neighbours are none of the function's modules.
sys.path[0] = os.environ["LAMBDA_TASK_ROOT"]

from awslambdaric import bootstrap  # noqa: E402
from awslambdaric.lambda_runtime_client import LambdaRuntimeClient  # noqa: E402

bootstrap.run(sys.argv[1], LambdaRuntimeClient(os.environ["AWS_LAMBDA_RUNTIME_API"], False))
