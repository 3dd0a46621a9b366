"""The original main: takes a worker's ping, dials back, and forwards tasks; its faults included."""

import threading
import uuid
from collections.abc import Callable
from concurrent import futures
from dataclasses import dataclass, field
from urllib.parse import unquote

import grpc

from .contract import Contract

PING_SERVICE = "TradingService.MainTradingService"
WORKER_SERVICE = "TradingService.WorkerTradingService"
ACTIVE, INACTIVE = 1, 0
SUCCESS, FAILURE = 0, 1
TRADIER = 11
NO_GROUP = "Grpc Main Server Error: No needed connection"

# What it dials a worker with. Several mains live in one test process: each has connections of its own.
CHANNEL_OPTIONS = [
    ("grpc.keepalive_time_ms", 10_000),
    ("grpc.keepalive_timeout_ms", 5_000),
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.use_local_subchannel_pool", 1),
]
# By itself gRPC slows down to a ping a minute after two; so that each of them is sent.
EVERY_PING = ("grpc.http2.max_pings_without_data", 0)


@dataclass
class Account:
    brokerage: int
    credentials: dict[str, str]
    status: int = ACTIVE


@dataclass
class Ledger:
    """What outlives the process: its Redis."""

    groups: dict[str, dict[str, Account]] = field(default_factory=dict)


class Link:
    """One dial back to a worker. `lost` is called once, by a thread of gRPC, when the original takes it for dead."""

    def __init__(self, contract: Contract, target: str, options: list[tuple], lost: Callable[["Link"], None]):
        self.contract = contract
        self.target = target
        self.answers: list[tuple[str, object]] = []  # (method, response)
        self.states: list[grpc.ChannelConnectivity] = []
        self.connected = threading.Event()
        self._lost = lost
        self._over = threading.Lock()
        self.channel = grpc.insecure_channel(target, options=options)
        self.channel.subscribe(self._see, try_to_connect=True)

    def call(self, method: str, /, **fields: object):
        """Sends the task and returns the answer. Without `task_id` it gets a new one; None leaves `base_task` out."""
        task_id = fields.pop("task_id", str(uuid.uuid4()))
        task = self.contract[f"Task.{method}.Task"](**fields)
        if task_id is not None:
            task.base_task.task_id.value = task_id
        answer = self.contract[f"Task.{method}.Response"].FromString(self.raw(method, task.SerializeToString()))
        self.answers.append((method, answer))
        return answer

    def raw(self, method: str, message: bytes) -> bytes:
        """These bytes as they are, without a deadline, as the original sends all of its tasks."""
        return self.channel.unary_unary(f"/{WORKER_SERVICE}/{method}")(message)

    @property
    def over(self) -> bool:
        return self._over.locked()

    def close(self) -> None:
        if self._over.acquire(blocking=False):
            self.channel.close()

    def _see(self, state: grpc.ChannelConnectivity) -> None:
        self.states.append(state)
        if state is grpc.ChannelConnectivity.READY:
            self.connected.set()
        again = state is grpc.ChannelConnectivity.IDLE and len(self.states) > 1
        broken = state in (grpc.ChannelConnectivity.TRANSIENT_FAILURE, grpc.ChannelConnectivity.SHUTDOWN)
        if (again or broken) and self._over.acquire(blocking=False):
            self._lost(self)
            self.channel.close()


class OriginalMain:
    """`on_replay(link)` runs inside the ping, after the replay and before `Pong`."""

    def __init__(
        self,
        contract: Contract,
        port: int = 0,
        host: str = "127.0.0.1",
        ledger: Ledger | None = None,
        options: tuple[tuple, ...] = (),
    ):
        self.contract = contract
        self.host = host
        self.ledger = ledger or Ledger()
        self.options = options
        self.pings: list[str] = []  # whom each ping wants called back, answered or not
        self.dialled: list[Link] = []  # by the pings that got a group
        self.links: dict[str, Link] = {}  # by group
        self.on_replay: Callable[[Link], None] = lambda _link: None
        self._lost_groups = list(self.ledger.groups)  # a restarted main takes all of its groups for lost
        self._new_groups: list[str] = []
        self._lock = threading.RLock()
        self._server = grpc.server(futures.ThreadPoolExecutor(10), options=[("grpc.so_reuseport", 0)])
        ping = grpc.unary_unary_rpc_method_handler(
            self._ping,
            request_deserializer=contract["TradingService.Ping"].FromString,
            response_serializer=lambda message: message.SerializeToString(),
        )
        self._server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler(PING_SERVICE, {"ping": ping})])
        shown = f"[{host}]" if ":" in host else host
        self.port = self._server.add_insecure_port(f"{shown}:{port}")
        self._server.start()

    def serves(self, group: str) -> Link | None:
        with self._lock:
            return self.links.get(group)

    def create_group(self, group: str) -> None:
        with self._lock:
            self.ledger.groups.setdefault(group, {})
            self._new_groups.append(group)

    def activate(self, group: str, account: str, credentials: dict[str, str], brokerage: int = TRADIER, **more: object):
        """The account is stored as active whatever the worker answers: a fault."""
        known = Account(brokerage, credentials)
        answer = self._send_activation(self.links[group], account, known, **more)
        with self._lock:
            self.ledger.groups[group][account] = known
        return answer

    def deactivate(self, group: str, account: str, **more: object):
        answer = self.links[group].call("Deactivation", account_name=account, **more)
        if answer.status == SUCCESS:
            self.ledger.groups[group][account].status = INACTIVE
        return answer

    def transaction(self, group: str, method: int = 1, amount: int = 1, ticker: str = "AAPL", **more: object):
        return self.links[group].call("Transaction", method=method, amount=amount, ticker=ticker, **more)

    def drop(self, group: str) -> None:
        """Takes a worker that lives for dead: closes the connection, and the group is lost."""
        link = self.links[group]
        link.close()
        self._lose(group, link)

    def kill(self) -> None:
        self._server.stop(0).wait(2)
        for link in self.dialled:
            link.close()

    def restarted(self) -> "OriginalMain":
        """Killed and started on the same port: it knows its groups and accounts, and no worker."""
        self.kill()
        return OriginalMain(self.contract, self.port, self.host, self.ledger, self.options)

    def _ping(self, request, context):
        # ipv4:1.2.3.4:5678 or ipv6:%5B::1%5D:5678
        host = unquote(context.peer()).split(":", 1)[1].rpartition(":")[0]
        target = f"{host}:{request.return_to_port}"
        with self._lock:
            self.pings.append(target)
            lost = bool(self._lost_groups)
            if not lost and not self._new_groups:
                raise RuntimeError(NO_GROUP)
            group = (self._lost_groups if lost else self._new_groups).pop(0)
        options = [*CHANNEL_OPTIONS, *self.options]
        link = Link(self.contract, target, options, lambda link: self._lose(group, link))
        self.dialled.append(link)
        try:
            # A watcher of gRPC's that a busy machine delays sees nothing of a short life, and so not its end.
            if not link.connected.wait(5):
                raise RuntimeError(f"Grpc Main Server Error: {target} is not there")
            for account, known in list(self.ledger.groups[group].items()) if lost else []:
                if known.status == ACTIVE:
                    self._send_activation(link, account, known)
            self.on_replay(link)
        except Exception:
            link.close()
            self._lose(group, link)
            raise
        with self._lock:
            if not link.over:
                self.links[group] = link
        return self.contract["TradingService.Pong"]()

    def _lose(self, group: str, link: Link) -> None:
        with self._lock:
            if self.links.get(group, link) is link:
                self.links.pop(group, None)
                if group not in self._lost_groups:
                    self._lost_groups.append(group)

    @staticmethod
    def _send_activation(link: Link, account: str, known: Account, **more: object):
        return link.call(
            "Activation",
            account_name=account,
            brokerage=known.brokerage,
            account_details=known.credentials,
            **more,
        )
