"""`python -m gateway`: serve until told to stop."""

from gateway.app import build
from gateway.settings import GatewaySettings
from services import lifecycle


def main() -> None:
    """Run the service."""
    settings = GatewaySettings()
    lifecycle.run("gateway", settings, lambda _: build(settings))


if __name__ == "__main__":
    main()
