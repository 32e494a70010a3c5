"""The same jobs in APScheduler, for measure_schedules.py: as a person would write it.

    apscheduler_jobs.py DATABASE|memory JOBS FIRING SECONDS

Enters JOBS cron jobs, FIRING of them for every minute and the others for once a year, unless the
database holds them already; prints as JSON the time and CPU until they are loaded, the private
memory, and the CPU of a window of SECONDS together with how many fired in it.
"""

import json
import re
import sys
import time

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.background import BackgroundScheduler

fired = [0]


def job(_number):
    """Does nothing but count."""
    fired[0] += 1


def private_mib():
    with open("/proc/self/smaps_rollup", encoding="ascii") as rollup:
        return int(re.search(r"Private_Dirty:\s+(\d+)", rollup.read()).group(1)) / 1024


def make_store(where):
    if where == "memory":
        return MemoryJobStore()
    from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
    return SQLAlchemyJobStore(url=f"sqlite:///{where}")


def add_jobs(scheduler, count, firing):
    for i in range(count):
        when = {"minute": "*"} if i < firing else {"month": i % 12 + 1, "day": i % 28 + 1,
                                                   "hour": i % 24, "minute": i % 60}
        scheduler.add_job(job, "cron", [i], id=f"s{i}", misfire_grace_time=900, **when)


def main():
    where, count, firing, seconds = sys.argv[1], *map(int, sys.argv[2:5])
    empty_mib = private_mib()
    cpu, began = time.process_time(), time.monotonic()
    scheduler = BackgroundScheduler(jobstores={"default": make_store(where)},
                                    executors={"default": ThreadPoolExecutor(1)},
                                    timezone="Europe/Paris")
    scheduler.start(paused=True)
    if not scheduler.get_jobs():
        add_jobs(scheduler, count, firing)
    found = {"load_ms": (time.monotonic() - began) * 1000,
             "load_cpu_ms": (time.process_time() - cpu) * 1000}
    scheduler.resume()
    found["memory_mib"] = private_mib() - empty_mib
    if seconds:
        # A minute's jobs fire together: from the middle of a minute to the middle of the next.
        time.sleep((90 - time.time() % 60) % 60)
        cpu, before = time.process_time(), fired[0]
        time.sleep(seconds)
        found["fired"] = fired[0] - before
        found["fire_cpu_ms"] = (time.process_time() - cpu) * 1000
    print(json.dumps(found))
    scheduler.shutdown(wait=False)


if __name__ == "__main__":
    main()
