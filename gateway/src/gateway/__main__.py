"""`python -m gateway`: run one replica."""

from gateway.app import build
from gateway.settings import GatewaySettings
from services import lifecycle

if __name__ == "__main__":
    settings = GatewaySettings()
    lifecycle.run("gateway", settings, lambda _: build(settings))
