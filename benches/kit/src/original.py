"""The rows of the original's own bench: prints {row: microseconds} as JSON. `original.rs` runs it beside ours."""

import asyncio
import json
import logging
import sys
import time
import warnings

logging.disable(logging.CRITICAL)
warnings.simplefilter("ignore")

from suitkaise import BreakingCircuit, Circuit, Skpath, Sktimer, TimeThis, sk, timethis


def rate(fn, seconds=0.02, rounds=9):
    """Median microseconds a call."""
    fn()
    n, took = 1, 0.0
    while took < seconds:
        n *= 2
        start = time.perf_counter()
        for _ in range(n):
            fn()
        took = time.perf_counter() - start
    figures = []
    for _ in range(rounds):
        start = time.perf_counter()
        for _ in range(n):
            fn()
        figures.append((time.perf_counter() - start) / n * 1e6)
    return sorted(figures)[rounds // 2]


@sk
def wrapped(x):
    return x


@sk
def naps(x):
    if x is None:
        time.sleep(0)
    return x


@sk
class Thing:
    def method(self, x):
        return x


@timethis()
def timed():
    return None


rows = {}
rows["call of an #[sk] function"] = rate(lambda: wrapped(1))
retry, timeout = wrapped.retry(3), wrapped.timeout(5)
limited, background = wrapped.rate_limit(1e9), wrapped.background()
rows["retry(3), kept"] = rate(lambda: retry(1))
rows["timeout"] = rate(lambda: timeout(1))
rows["rate limit that lets through"] = rate(lambda: limited(1))
rows["background + result"] = rate(lambda: background(1).result())
thing = Thing()
rows["call of a method"] = rate(lambda: thing.method(1))


async def awaited():
    f = naps.asynced()
    figures = []
    for _ in range(9):
        start = time.perf_counter()
        for _ in range(200):
            await f(1)
        figures.append((time.perf_counter() - start) / 200 * 1e6)
    return sorted(figures)[4]


rows["asynced"] = asyncio.run(awaited())
timer = Sktimer(max_times=1000)


def start_stop():
    timer.start()
    timer.stop()


def block():
    with TimeThis(timer):
        pass


rows["Sktimer start+stop"] = rate(start_stop)
rows["Sktimer add_time"] = rate(lambda: timer.add_time(1.0))
big = Sktimer()
for i in range(1000):
    big.add_time(i / 7)
rows["Sktimer mean of 1000"] = rate(lambda: big.mean)
rows["Sktimer percentile of 1000"] = rate(lambda: big.percentile(95))
rows["Sktimer stats of 1000"] = rate(lambda: big.get_statistics())
rows["TimeThis"] = rate(block)
rows["#[timethis]"] = rate(timed)
circuit, trips, breaker = Circuit(10**9), Circuit(1), BreakingCircuit(10**9)
rows["Circuit.short"] = rate(circuit.short)
rows["Circuit.short that trips, no sleep"] = rate(trips.short)
rows["BreakingCircuit.short"] = rate(breaker.short)
rows["BreakingCircuit.broken"] = rate(lambda: breaker.broken)
rows["Skpath and rp"] = rate(lambda: Skpath("a/b/c.txt").rp)
rows["Skpath and id"] = rate(lambda: Skpath("a/b/c.txt").id)
print(json.dumps(rows))
sys.stdout.flush()
