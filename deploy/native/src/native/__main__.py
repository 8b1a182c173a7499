"""`python -m native`: the verbs of the Makefile that start, change and stop the system."""

import argparse
import sys

from native import control, launch, presentation
from native.errors import StartError
from native.furniture import Options


def parse(arguments: list[str]) -> argparse.Namespace:
    """Return what was asked for on the command line."""
    parser = argparse.ArgumentParser(prog="native", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    for verb in ("run", "supervise"):
        running = verbs.add_parser(verb)
        running.add_argument("--replicas", type=int, default=2)
        running.add_argument("--profile", default=None)
        running.add_argument("--detach", action="store_true")
        running.add_argument("--unless-running", action="store_true")
    scale = verbs.add_parser("scale")
    scale.add_argument("service")
    scale.add_argument("replicas", type=int)
    for verb in ("status", "down", "remove"):
        verbs.add_parser(verb)
    return parser.parse_args(arguments)


def ask(request: control.Request) -> int:
    """Ask the running supervisor and show the state it answers with."""
    answer = control.ask(launch.LAYOUT.folder, request)
    if not answer["ok"]:
        raise StartError(answer["error"])
    presentation.show_status(launch.LAYOUT, answer["processes"])
    return 0


def carry_out(asked: argparse.Namespace) -> int:
    """Carry out a verb and return the exit code."""
    match asked.verb:
        case "run" | "supervise":
            options = Options(asked.replicas, asked.profile)
            if asked.verb == "supervise":
                return launch.supervise_detached(options)
            if asked.unless_running and launch.is_running():
                return 0
            return launch.run_detached(options) if asked.detach else launch.run(options)
        case "scale":
            request = {"do": "scale", "service": asked.service, "replicas": asked.replicas}
            return ask(request)
        case "status":
            return ask({"do": "status"})
        case "remove":
            return launch.remove()
        case _:
            return launch.down()


def main() -> int:
    """Carry out what the command line asks for."""
    try:
        return carry_out(parse(sys.argv[1:]))
    except StartError as error:
        print(f"\ncannot go on: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
