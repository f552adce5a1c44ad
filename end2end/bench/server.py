"""The server under test, and the PostgreSQL it may need. Both end with the `with` block."""

import contextlib
import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    def __init__(self, process, address, token):
        self.process, self.address, self.token = process, address, token

    def memory_mb(self, field):
        """`VmRSS`: resident now; `VmHWM`: resident at most so far."""
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith(field + ":"):
                return int(line.split()[1]) / 1024
        raise RuntimeError(f"no {field}")


@contextlib.contextmanager
def running(binary, database, log):
    """The release binary on `database`, with a token of every scope."""
    environment = {"PATH": os.environ["PATH"], "REPORTAGE_DATABASE": database, "REPORTAGE_LOG": "warn"}
    token = subprocess.run(
        [binary, "token", "create", "--name", "bench", "--scopes", "ingest,read,write"],
        env=environment, check=True, capture_output=True, text=True,
    ).stdout.strip()
    address = f"127.0.0.1:{free_port()}"
    with open(log, "wb") as output:
        process = subprocess.Popen(
            [binary, "serve", "--listen", address], env=environment, stdout=output, stderr=output
        )
        try:
            for _ in range(300):
                with contextlib.suppress(OSError):
                    urllib.request.urlopen(f"http://{address}/readyz", timeout=1).close()
                    break
                if process.poll() is not None:
                    raise RuntimeError(f"the server ended: {pathlib.Path(log).read_text()}")
                time.sleep(0.1)
            yield Server(process, address, token)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()


def postgres_programs():
    """The folder that has all of its programs. Debian keeps them off PATH, in a folder per version."""
    folders = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    on_path = shutil.which("initdb")
    if on_path:
        folders.append(pathlib.Path(on_path).resolve().parent)
    return next((f for f in folders if all((f / p).exists() for p in ["initdb", "pg_ctl", "psql"])), None)


@contextlib.contextmanager
def postgres():
    """A durable PostgreSQL in a temporary folder; its URL. It refuses to run as root, so root lends it a user."""
    programs = postgres_programs()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="reportage-bench-"))
    extra = {}
    if os.geteuid() == 0:
        user = pwd.getpwnam("postgres")
        os.chown(folder, user.pw_uid, user.pw_gid)
        extra = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    data, port = folder / "data", free_port()

    def run(*command):
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/", **extra)

    try:
        run(programs / "initdb", "--pgdata", data, "--username", "postgres", "--auth", "trust",
            "--encoding", "UTF8", "--locale", "C")
        options = (
            f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={folder} "
            "-c shared_buffers=1GB -c max_wal_size=4GB"
        )
        run(programs / "pg_ctl", "--pgdata", data, "--wait", "--log", folder / "log", "--options", options, "start")
        yield f"postgres://postgres@127.0.0.1:{port}/postgres"
    finally:
        with contextlib.suppress(subprocess.CalledProcessError):
            run(programs / "pg_ctl", "--pgdata", data, "--mode", "fast", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def postgres_mb(url):
    psql = postgres_programs() / "psql"
    size = subprocess.run(
        [psql, url, "--no-psqlrc", "--tuples-only", "--command", "SELECT pg_database_size(current_database())"],
        check=True, capture_output=True, text=True,
    ).stdout
    return int(size) / 1e6
