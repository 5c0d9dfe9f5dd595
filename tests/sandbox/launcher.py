"""A loopback server that speaks AWS's wire protocols, for tests: moto with its gaps closed. See README.md.

    python launcher.py [--port 0] [--seed SCENARIO:ACCOUNT:REGION ...] [--stay] [--verbose]

Prints one line, `sandbox listening on 127.0.0.1:PORT`, when it can be called. Ends when its standard input ends, so that it
never outlives the test run that started it; with --stay it runs until it is stopped.
"""

import argparse
import os
import sys

# Before moto is imported: boto3, within moto, wants credentials and a region, and must find none of the real ones.
os.environ.update(
    AWS_ACCESS_KEY_ID="sandbox",
    AWS_SECRET_ACCESS_KEY="sandbox",
    AWS_DEFAULT_REGION="eu-west-1",
    AWS_EC2_METADATA_DISABLED="true",
)
for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "MOTO_ACCOUNT_ID"):
    os.environ.pop(name, None)
sys.dont_write_bytecode = True  # no cache folders beside the sources

import threading  # noqa: E402
from typing import Any  # noqa: E402

from werkzeug.serving import WSGIRequestHandler, make_server  # noqa: E402

import gaps  # noqa: E402
from bridge import Bridge  # noqa: E402
from place import Place  # noqa: E402


class QuietHandler(WSGIRequestHandler):
    """Writes no line for each request."""

    def log(self, type: str, message: str, *args: Any) -> None:
        pass


def end_with_standard_input() -> None:
    while sys.stdin.buffer.read(4096):
        pass
    os._exit(0)


def main() -> None:
    parser = argparse.ArgumentParser(description="A sandbox AWS on loopback, for tests of dynalint.")
    parser.add_argument("--port", type=int, default=0, help="0, the default: any free one")
    parser.add_argument("--seed", action="append", default=[], metavar="SCENARIO:ACCOUNT:REGION")
    parser.add_argument("--stay", action="store_true", help="do not end with standard input")
    parser.add_argument("--verbose", action="store_true", help="a line for each call on standard error")
    arguments = parser.parse_args()

    gaps.install()
    bridge = Bridge(arguments.verbose)
    for wanted in arguments.seed:
        scenario, account, region = wanted.split(":")
        bridge.control.seed(Place(account, region), scenario, {})
    server = make_server("127.0.0.1", arguments.port, bridge, threaded=True, request_handler=QuietHandler)
    print(f"sandbox listening on 127.0.0.1:{server.server_port}", flush=True)
    if not arguments.stay:
        threading.Thread(target=end_with_standard_input, daemon=True).start()
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
