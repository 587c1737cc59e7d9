# measured.py POSTMASTER COMMAND...: runs the command and prints seconds, CPU seconds of the command and all processes that it
# started, CPU seconds of the server's processes meanwhile, and the peak RSS in MiB of the largest process of the command.
import os
import resource
import subprocess
import sys
import time


def server_seconds(postmaster):
    """All processes of a server: those that have ended are counted by the postmaster, which waited for them."""
    ticks = 0
    for process in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{process}/stat") as stat:
                fields = stat.read().rsplit(")", 1)[1].split()
        except OSError:  # it ended meanwhile
            continue
        if process == postmaster or fields[1] == postmaster:
            ticks += sum(map(int, fields[11:15]))  # user and system, its own and those of its children
    return ticks / os.sysconf("SC_CLK_TCK")


postmaster = sys.argv[1]
before, began = server_seconds(postmaster), time.monotonic()
subprocess.run(sys.argv[2:], check=True, stdout=subprocess.DEVNULL)
took = time.monotonic() - began
time.sleep(0.05)  # sessions end after their clients
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(f"{took:.3f} {used.ru_utime + used.ru_stime:.3f} {server_seconds(postmaster) - before:.3f} {used.ru_maxrss / 1024:.0f}")
