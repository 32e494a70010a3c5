"""Time specs: how many next occurrences a second, in a zone whose clocks are set twice a year.

What never comes has to look through all months to the end of 2100, and is bounded by that.
BENCH_TIMES: occurrences of each form in each round.
"""

import os
import statistics
import subprocess

from measures import BUILD, ROUNDS, Promises, table

COUNT = int(os.environ.get("BENCH_TIMES", 200000))
ZONE = "Europe/Paris"
UNUSUAL = ("*-02-29 08:00", "*-02-30 00:00", "a clock of the zone")


def main():
    found = {}
    for _ in range(ROUNDS):
        shown = subprocess.run([str(BUILD / "bench/bench-times"), ZONE, str(COUNT)], check=True,
                               capture_output=True, text=True).stdout
        for line in shown.splitlines():
            name, nanoseconds = line.split("\t")
            found.setdefault(name, []).append(float(nanoseconds))
    table(f"next occurrence in {ZONE}", ["spec", "ns median", "ns worst round", "a second"],
          [[name, f"{statistics.median(times):.0f}", f"{max(times):.0f}",
            f"{1e9 / statistics.median(times):,.0f}"] for name, times in found.items()])
    promises = Promises()
    for name, times in found.items():
        if name not in UNUSUAL:
            promises.tell_at_least(f"{name}, a second", 1e9 / statistics.median(times), 1000000, "/s")
    promises.end()


if __name__ == "__main__":
    main()
