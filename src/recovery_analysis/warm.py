"""A warm process for one run of the workflow: it imports the libraries once, and each job is a fork of it.

Importing pandas, Pandera and Matplotlib takes two seconds of processor time, ten times what most jobs compute. Where
there is no warm process (another machine of a cluster, a system without fork) a job runs in its own process as ever.
"""

import atexit
import os
import pickle
import pkgutil
import shutil
import socket
import subprocess
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from socketserver import ForkingMixIn, StreamRequestHandler, UnixStreamServer

from .job import Job, perform

ADDRESS = "RECOVERY_ANALYSIS_WARM"
SECONDS_BETWEEN_LOOKS = 0.1
# Imported inside functions by steps that may not need them; here they will be needed.
LAZY = ("matplotlib.backends.backend_agg", "matplotlib.backends.backend_pdf", "matplotlib.backends.backend_svg")


def start_warm() -> None:
    """Start the warm process of a run; it ends with the process that started it, however that ends.

    The socket is listening before this returns, so that a job only waits until the imports are done.
    """
    if not hasattr(os, "fork"):
        return
    folder = tempfile.mkdtemp(prefix="recovery-")
    address = os.path.join(folder, "jobs")
    try:
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(address)
            listening.listen()
            handle = listening.fileno()
            warm = subprocess.Popen(
                [sys.executable, "-m", __name__, str(handle), str(os.getpid()), folder],
                pass_fds=[handle],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=os.environ | dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
            )
    except OSError:
        shutil.rmtree(folder, ignore_errors=True)
        return
    os.environ[ADDRESS] = address
    atexit.register(_end, warm, folder)


def _end(warm: subprocess.Popen, folder: str) -> None:
    """End the warm process, and wait for it so that its processor time counts as the run's."""
    warm.terminate()
    warm.wait()
    shutil.rmtree(folder, ignore_errors=True)


def performed_warm(job: Job) -> str | None:
    """Have the warm process perform a job, or perform it here where there is none, or none that answers."""
    address = os.environ.get(ADDRESS)
    if address is None:
        return perform(job)
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(address)
            with connection.makefile("rwb") as both:
                pickle.dump(job, both)
                both.flush()
                return pickle.load(both)
    except (OSError, EOFError):
        return perform(job)


class _Fork(StreamRequestHandler):
    """One job, in a process of its own."""

    def handle(self) -> None:
        pickle.dump(perform(pickle.load(self.rfile)), self.wfile)


class _Server(ForkingMixIn, UnixStreamServer):
    """Forks for each job that comes in, for as long as the run lasts."""

    def __init__(self, handle: int, run: int) -> None:
        super().__init__("", _Fork, bind_and_activate=False)
        self.socket.close()
        self.socket = socket.socket(fileno=handle)
        self.run = run

    def service_actions(self) -> None:
        super().service_actions()
        if os.getppid() != self.run:
            sys.exit()


def main(handle: int, run: int, folder: str) -> None:
    """Import what the steps need, then wait for jobs until the run has ended."""
    try:
        for module in pkgutil.iter_modules([str(Path(__file__).parent / "steps")]):
            import_module(f"{__package__}.steps.{module.name}")
        for name in LAZY:
            import_module(name)
        with _Server(handle, run) as server:
            server.serve_forever(SECONDS_BETWEEN_LOOKS)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
