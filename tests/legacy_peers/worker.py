"""The original worker: one task at a time, Failure as text, and always the gRPC status OK."""

import threading
from concurrent import futures
from pathlib import Path

import grpc

from .contract import Contract

SERVICE = "TradingService.WorkerTradingService"
FIELDS = {11: ("ACCESS_TOKEN",), 12: ("USERNAME", "PASSWORD")}  # Tradier, Tastytrade
SUCCESS, FAILURE = 0, 1


class OriginalWorker:
    """`output` is what its CLI prints; a Transaction waits for `release` (its CLI hangs). An IPv6 host has brackets."""

    def __init__(self, folder: Path, port: int = 0, output: str = "", host: str = "127.0.0.1"):
        self.contract = Contract(folder)
        self.output = output
        self.accounts: dict[str, dict[str, str]] = {}
        self.transactions: list[tuple[int, int, str]] = []
        self.release = threading.Event()
        self.release.set()
        self._poisoned = False
        self._server = grpc.server(futures.ThreadPoolExecutor(1), options=[("grpc.so_reuseport", 0)])
        handlers = {
            name: self._handler(name, answer)
            for name, answer in {
                "Activation": self._activation,
                "Deactivation": self._deactivation,
                "Transaction": self._transaction,
            }.items()
        }
        self._server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler(SERVICE, handlers)])
        self.host = host
        self.port = self._server.add_insecure_port(f"{host}:{port}")
        self._server.start()

    def ping(self, main: str, port: int | None = None) -> None:
        """The start-up ping; raises grpc.RpcError when main refuses."""
        with grpc.insecure_channel(main) as channel:
            call = channel.unary_unary(
                "/TradingService.MainTradingService/ping",
                request_serializer=lambda message: message.SerializeToString(),
                response_deserializer=self.contract["TradingService.Pong"].FromString,
            )
            call(self.contract["TradingService.Ping"](return_to_port=self.port if port is None else port), timeout=120)

    def kill(self) -> None:
        """As a kill does it: what is under way gets no answer, whatever its thread still does."""
        stopped = self._server.stop(0)
        stopped.wait(1)
        self.release.set()

    def _handler(self, name: str, answer):
        def serve(task, _context):
            response = self.contract[f"Task.{name}.Response"]()
            response.status, response.message = self._safely(answer, task)
            return response

        return grpc.unary_unary_rpc_method_handler(
            serve,
            request_deserializer=self.contract[f"Task.{name}.Task"].FromString,
            response_serializer=lambda message: message.SerializeToString(),
        )

    @staticmethod
    def _safely(answer, task) -> tuple[int, str]:
        try:
            return SUCCESS, answer(task)
        except Exception as error:
            return FAILURE, f"Internal Error: {error}"

    def _activation(self, task) -> str:
        details = {field.name: value for field, value in task.account_details.ListFields()}
        missing = [name for name in FIELDS[task.brokerage] if not details.get(name)]
        self._poisoned = self._poisoned or bool(missing)
        if self._poisoned:
            raise ValueError(f"Missing field {missing}")
        self.accounts.setdefault(task.account_name, details)  # a second activation changes nothing
        return "Account activated"

    def _deactivation(self, _task) -> str:
        raise TypeError("missing 1 required positional argument")

    def _transaction(self, task) -> str:
        self.transactions.append((task.method, task.amount, task.ticker))
        self.release.wait(30)
        return self.output
