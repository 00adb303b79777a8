"""Measure and print ratios: `python -m bench.run [FIGURE...]`, or `make bench BENCH='...'`.

Every comparison is made of pairs of runs in turn on the same machine, and gives the median of
their ratios; a quiet machine still gives the better ones.
"""

import argparse
import platform
import sys
from types import ModuleType

from bench import (
    cpu,
    daemon_jobs,
    daemon_remote,
    daemon_start,
    daemon_stream,
    equality,
    memory,
    neural,
    several,
    startup,
    tune_encode,
    tune_ladder,
    tune_probes,
    tune_shots,
    tune_wall,
    wall,
)
from bench.measure import Settings
from bench.programs import FOLDER
from vmafx_core.limits import usable_cpus

_FIGURES: dict[str, ModuleType] = {
    "equality": equality,
    "startup": startup,
    "wall": wall,
    "cpu": cpu,
    "several": several,
    "memory": memory,
    "neural": neural,
    "daemon-jobs": daemon_jobs,
    "daemon-remote": daemon_remote,
    "daemon-stream": daemon_stream,
    "daemon-start": daemon_start,
    "tune-encode": tune_encode,
    "tune-ladder": tune_ladder,
    "tune-probes": tune_probes,
    "tune-shots": tune_shots,
    "tune-wall": tune_wall,
}


def main() -> int:
    """Run what was asked for; 1 if a bound was not kept."""
    parser = argparse.ArgumentParser(description="Measure vmafx, as ratios.")
    parser.add_argument("figures", nargs="*", metavar="FIGURE", help=", ".join(_FIGURES))
    parser.add_argument("--rounds", type=int, default=5, help="pairs of runs behind each ratio")
    parser.add_argument("--minutes", type=int, default=3, help="length of the long pair")
    arguments = parser.parse_args()
    if unknown := set(arguments.figures) - set(_FIGURES):
        parser.error(f"no such figure: {', '.join(sorted(unknown))}; one of {', '.join(_FIGURES)}")

    FOLDER.mkdir(parents=True, exist_ok=True)
    print(f"{platform.machine()}, {usable_cpus()} CPUs, Python {platform.python_version()}")
    settings = Settings(rounds=arguments.rounds, minutes=arguments.minutes)
    missed = 0
    for name in arguments.figures or _FIGURES:
        module = _FIGURES[name]
        print(f"\n{name}: {(module.__doc__ or '').splitlines()[0]}", flush=True)
        for figure in module.measure(settings):
            print(figure, flush=True)
            missed += not figure.met
    print(f"\n{missed} missed" if missed else "\nall bounds kept")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
