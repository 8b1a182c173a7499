"""`python -m router`: run one replica."""

from router.app import build
from router.settings import Settings
from services import lifecycle

if __name__ == "__main__":
    settings = Settings()
    lifecycle.run("router", settings, lambda _: build(settings))
