"""The messages of proto/legacy, made from the files by protoc when a test runs."""

import subprocess
from pathlib import Path

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

PROTO = Path(__file__).resolve().parents[2] / "proto/legacy"


class Contract:
    def __init__(self, folder: Path):
        out = folder / "legacy.pb"
        files = sorted(path.name for path in PROTO.glob("*.proto"))
        subprocess.run(["protoc", f"-I{PROTO}", f"--descriptor_set_out={out}", "--include_imports", *files], check=True)
        files = descriptor_pb2.FileDescriptorSet.FromString(out.read_bytes())
        pool = descriptor_pool.DescriptorPool()
        for file in files.file:
            pool.Add(file)
        self._pool = pool

    def __getitem__(self, name: str):
        return message_factory.GetMessageClass(self._pool.FindMessageTypeByName(name))
