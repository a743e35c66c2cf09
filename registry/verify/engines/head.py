"""A Ray cluster of this machine in a session of its own: an interrupt at the terminal is the driver's alone.

Run as `python -m registry.verify.engines.head FOLDER [CORES]`. It prints the cluster's address, or `error:` and why
there is none, and ends when its standard input does, as that of a driver that is killed; nothing of it is left.
"""

from __future__ import annotations

import logging
import sys

import ray

from registry.verify.engines.descendants import adopt_orphans, end_descendants
from registry.verify.engines.engine import error_text


def main(folder: str, cores: str = "") -> None:
    """Start a cluster, and end it with standard input.

    Args:
        folder: Where its sockets and logs lie.
        cores: Processor cores that it has; all where empty.
    """
    adopt_orphans()
    logging.getLogger("ray").setLevel(logging.ERROR)
    try:
        ray.init(
            address="local",
            num_cpus=int(cores) if cores else None,
            include_dashboard=False,
            log_to_driver=False,
            configure_logging=False,
            _temp_dir=folder,
            _node_ip_address="127.0.0.1",
        )
    except (OSError, RuntimeError, ValueError) as error:
        sys.stdout.write(f"error: {error_text(error)}\n")
    else:
        sys.stdout.write(f"{ray.get_runtime_context().gcs_address}\n")
        sys.stdout.flush()
        sys.stdin.read()
        ray.shutdown()
    end_descendants()


if __name__ == "__main__":
    main(*sys.argv[1:])
