"""The figures as one document, for programs and for comparing one run with another. Pure."""

from typing import Any

from bench.figures import Floor, Measured, Run, percentile_ms


def document(measured: Measured) -> dict[str, Any]:
    """Return what is written to `bench/results.json`. The unit is in each name."""
    held = measured.sustained
    return {
        "machine": dict(measured.machine),
        "floor_sum_p50_ms": round(measured.floor.paced_ms, 2),
        "floor_tight_p50_ms": round(measured.floor.tight_ms, 2),
        "floor_parts": _parts(measured.floor),
        "end_to_end": [
            {
                "conversations": run.conversations,
                "offered_per_s": run.offered_per_s,
                "per_s": round(run.talk.per_s, 1),
                "messages": run.talk.arrived,
                "p50_ms": round(run.p50_ms, 2),
                "p99_ms": round(run.p99_ms, 2),
                "others_cpu_percent": _percent(run.others_share),
            }
            for run in measured.end_to_end
        ],
        "over_floor": round(measured.over_floor, 2),
        "sustained_per_s": round(held.talk.per_s, 1) if held else 0,
        "sustained_p50_ms": round(held.p50_ms, 1) if held else None,
        "sustained_p99_ms": round(held.p99_ms, 1) if held else None,
        "rates": [_trial(run) for run in measured.trials],
        "closed_loop_per_s": round(measured.closed.talk.per_s, 1),
        "cpu_ms_per_message": round((held or measured.closed).cpu_ms_per_message, 2),
        "cpu_ms_per_message_by_conversations": {
            str(run.conversations): round(run.cpu_ms_per_message, 2) for run in measured.crowds
        },
        "processor_many_over_few": round(measured.many_over_few, 2),
        "load_generator_cpu_percent": _percent((held or measured.closed).generator_share),
        "processes": _processes(measured),
        "idle_sockets": measured.idle.sockets,
        "kib_per_idle_socket": round(measured.idle.kib_per_socket, 1),
        "idle_cpu_percent": round(measured.idle.cpu_percent, 1),
    }


def _parts(floor: Floor) -> dict[str, dict[str, float]]:
    return {
        "paced": {f"{name}_ms": round(p.paced_ms, 3) for name, p in floor.parts.items()},
        "tight": {f"{name}_ms": round(p.tight_ms, 3) for name, p in floor.parts.items()},
    }


def _trial(run: Run) -> dict[str, Any]:
    return {
        "offered_per_s": round(run.offered_per_s or 0, 1),
        "per_s": round(run.talk.per_s, 1),
        "seconds": round(run.talk.seconds, 1),
        "p50_ms": round(run.p50_ms, 1),
        "p99_ms": round(run.p99_ms, 1),
        "sustained": run.talk.sustained,
        "cpu_ms_per_message": round(run.cpu_ms_per_message, 2),
        "load_generator_cpu_percent": _percent(run.generator_share),
        "others_cpu_percent": _percent(run.others_share),
        "load_generator_late_p99_ms": round(percentile_ms(run.talk.lateness_s, 99), 1),
    }


def _processes(measured: Measured) -> dict[str, dict[str, float]]:
    """Return what each process took at the sustained rate."""
    run = measured.sustained or measured.closed
    return {
        name: {
            "cpu_percent": _percent(run.processor_s[name] / run.talk.seconds),
            "cpu_ms_per_message": round(1000 * run.processor_s[name] / run.talk.arrived, 2),
            "memory_mib": round(measured.memory_bytes[name] / 2**20, 1),
        }
        for name in sorted(run.system_s)
    }


def _percent(fraction: float) -> float:
    return round(100 * fraction, 1)
