"""The Dockerfile without a container engine: its steps in a clean Debian root, its entry point in a mount namespace.

There is none on the build machines. What is not imitated: layers, networks, capabilities.
"""

import json
import os
import shlex
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from .waiting import PATIENCE

ROOT = Path(__file__).resolve().parents[2]
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
STEP_SECONDS = 600
# How this machine reaches its package registries, for the steps alone.
MACHINE_FILES = (
    *("/etc/resolv.conf", "/etc/hosts", "/etc/apt/apt.conf.d", "/etc/pip.conf"),
    *("/etc/ssl/certs", "/usr/local/share/ca-certificates"),
)
MACHINE_VARIABLES = {name: value for name, value in os.environ.items() if name.startswith("PIP_")}


@dataclass
class Stage:
    """One stage of the Dockerfile: (instruction, arguments) in their order."""

    base: str
    steps: list[tuple[str, str]] = field(default_factory=list)

    def last(self, instruction: str) -> str:
        return next(arguments for name, arguments in reversed(self.steps) if name == instruction)


def stages(text: str) -> dict[str, Stage]:
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    found: dict[str, Stage] = {}
    stage: Stage | None = None
    for line in "\n".join(lines).replace("\\\n", " ").splitlines():
        instruction, _, arguments = line.partition(" ")
        if instruction == "FROM":
            base, _, name = arguments.partition(" AS ")
            stage = found[name] = Stage(base)
        else:
            assert stage is not None, f"{line}: before the first FROM"
            stage.steps.append((instruction, arguments.strip()))
    return found


def make_debian_root(folder: Path) -> Path:
    """What `debian:12-slim` holds."""
    root = folder / "debian"
    done = subprocess.run(["debootstrap", "--variant=minbase", "bookworm", root], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
    return root


def with_python(debian: Path, root: Path, python: Path) -> Path:
    """What a `python:…-slim-bookworm` holds: `debian`, copied to `root`, and this machine's Python."""
    subprocess.run(["cp", "-a", debian, root], check=True)
    shutil.copytree(python.resolve().parent.parent, root / "usr/local", symlinks=True, dirs_exist_ok=True)
    subprocess.run(["chroot", root, "ldconfig"], check=True)
    return root


class Image:
    """A stage's root folder after its steps, and what its entry point starts with."""

    def __init__(self, stage: Stage, root: Path, built: dict[str, Path]):
        """`built`: the files that `COPY --from` takes, by their path in the stage that has them."""
        self.root = root
        self.environment = {"PATH": PATH}
        self.directory = "/"
        self.user = "root"
        self.entry: list[str] = []
        self.command: list[str] = []
        self.health: list[str] = []
        self._built = built
        self._lend_machine_files()
        for instruction, arguments in stage.steps:
            getattr(self, f"_do_{instruction.lower()}")(arguments)
        self._take_machine_files_back()

    def start(self, data: Path | None, *words: str, environment: dict[str, str] | None = None) -> list[str]:
        """The command that runs the entry point on a read-only root, `data` being its volume; to be run as root."""
        return self._enter(
            [*self.entry, *(words or self.command)], self.environment | (environment or {}), data=data, user=self.user
        )

    def run_in(self, words: list[str], data: Path, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess:
        """As `docker exec` does it."""
        command = self._enter(words, self.environment | (environment or {}), data=data, user=self.user)
        return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)

    def _do_run(self, arguments: str) -> None:
        environment = MACHINE_VARIABLES | self.environment
        command = self._enter(["sh", "-c", arguments], environment, data=None, user="root", writable=True)
        done = subprocess.run(command, capture_output=True, text=True, timeout=STEP_SECONDS)
        assert done.returncode == 0, f"RUN {arguments}: {done.returncode}\n{done.stdout[-3000:]}{done.stderr[-3000:]}"

    def _do_copy(self, arguments: str) -> None:
        *options, source, target = arguments.split()
        origin = self._built[source] if options else ROOT / source
        place = self.root / target.lstrip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(origin, place)

    def _do_env(self, arguments: str) -> None:
        name, _, value = arguments.partition("=")
        self.environment[name] = value

    def _do_workdir(self, arguments: str) -> None:
        self.directory = arguments
        (self.root / arguments.lstrip("/")).mkdir(parents=True, exist_ok=True)

    def _do_user(self, arguments: str) -> None:
        self.user = arguments

    def _do_entrypoint(self, arguments: str) -> None:
        self.entry = json.loads(arguments)

    def _do_cmd(self, arguments: str) -> None:
        self.command = json.loads(arguments)

    def _do_healthcheck(self, arguments: str) -> None:
        self.health = json.loads(arguments.partition(" CMD ")[2])

    def _enter(self, words, environment, *, data: Path | None, user: str, writable: bool = False) -> list[str]:
        """A mount namespace of its own, so that nothing is left mounted however it ends."""
        root = shlex.quote(str(self.root))
        # By way of the namespace's own root: where the tests run in a chroot, `/` is no mount that could be made private.
        steps = ["nsenter --mount=/proc/self/ns/mnt mount --make-rprivate /"]
        steps += [f"mount --bind {root} {root}", f"mount -t proc proc {root}/proc", f"mount --rbind /dev {root}/dev"]
        if not writable:
            steps.append(f"mount -t tmpfs tmpfs {root}/tmp")
        if data is not None:
            steps.append(f"mount --bind {shlex.quote(str(data))} {root}{self.environment['TRADEAUTO_DATA_DIR']}")
        if not writable:
            steps.append(f"mount -o remount,bind,ro {root}")
        variables = [f"{name}={value}" for name, value in environment.items()]
        inside = ["env", "-i", "-C", self.directory, *variables, *words]
        steps.append(f"exec chroot --userspec={user} {root} {shlex.join(inside)}")
        return ["unshare", "--mount", "--propagation", "unchanged", "sh", "-euc", "\n".join(steps)]

    def _lend_machine_files(self) -> None:
        for name in map(Path, MACHINE_FILES):
            place = self.root / str(name).lstrip("/")
            if name.is_dir():
                shutil.copytree(name, place, dirs_exist_ok=True, symlinks=False, ignore_dangling_symlinks=True)
            elif name.exists():
                shutil.copy(name, place)

    def _take_machine_files_back(self) -> None:
        for name in ("etc/apt/apt.conf.d", "etc/pip.conf"):
            place = self.root / name
            shutil.rmtree(place) if place.is_dir() else place.unlink(missing_ok=True)


def owner(root: Path, user: str) -> tuple[int, int]:
    """The numbers of the image's user."""
    for line in (root / "etc/passwd").read_text().splitlines():
        name, _, uid, gid, *_ = line.split(":")
        if name == user:
            return int(uid), int(gid)
    raise AssertionError(f"no user {user} in {root}")


def make_volume(folder: Path, owner_of: tuple[int, int]) -> Path:
    """As an engine makes a named volume: it belongs to whom the image's folder belongs to."""
    folder.mkdir(mode=0o700)
    os.chown(folder, *owner_of)
    return folder
