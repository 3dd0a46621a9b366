"""`python -m standin`: the stand-in as a process. Prints one JSON line when it serves; ends at SIGTERM or SIGINT."""

import argparse
import json
import signal
import sys
import threading
from pathlib import Path

from . import Account, Fault, Login, StandIn
from .broker import DEFAULT_TOKEN


def main() -> int:
    parser = argparse.ArgumentParser(prog="standin", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="the proxy's port; 0: any free one")
    parser.add_argument("--control-port", type=int, default=0, help="the control door's port; 0: any free one")
    parser.add_argument("--folder", type=Path, help="where CA and ledgers go; default: a temporary folder")
    parser.add_argument("--accounts", metavar="NUMBER[,NUMBER]", help=f"the sub-accounts of the token {DEFAULT_TOKEN}")
    parser.add_argument("--fault", action="append", default=[], type=Fault.parse, metavar="PHASE:MODE[:KEY=VALUE]")
    arguments = parser.parse_args()
    logins = None
    if arguments.accounts:
        logins = [Login(DEFAULT_TOKEN, [Account(number) for number in arguments.accounts.split(",")])]
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    with StandIn(
        logins, arguments.fault, port=arguments.port, control_port=arguments.control_port, folder=arguments.folder
    ) as standin:
        ready = {
            "msg": "ready",
            "proxy": standin.proxy_url,
            "control": standin.control_url,
            "ca": str(standin.ca_file),
            "ledger": str(standin.ledger.path),
            "requests": str(standin.requests.path),
            "violations": str(standin.violations.path),
            "token": DEFAULT_TOKEN,
        }
        print(json.dumps(ready), flush=True)
        stopped.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
