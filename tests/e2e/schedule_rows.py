"""The rows of a house's schedules, and files of many of them."""

import shutil
import sqlite3
import tempfile


def entries(count, cron):
    return [{"id": f"s{i}", "agent": "web1", "task": f"echo {i}", "cron": cron, "overlap": "allow",
             "catchup": "all", "max_lateness": "1h"} for i in range(count)]


def query(house, sql):
    """Asks a copy of the database, which agent1 holds."""
    with tempfile.TemporaryDirectory(dir=house.folder) as copy:
        for name in ("agent1.db", "agent1.db-wal"):
            if (house.agent1.state / name).exists():
                shutil.copy(house.agent1.state / name, copy)
        database = sqlite3.connect(f"{copy}/agent1.db")
        try:
            return database.execute(sql).fetchall()
        except sqlite3.DatabaseError:
            return []  # copied while it was written
        finally:
            database.close()


def occurrences(house):
    """Schedule, nominal time and state of all."""
    return query(house, "SELECT schedule, nominal, state FROM runs WHERE schedule IS NOT NULL "
                        "ORDER BY nominal, schedule")
