"""Why a file is not taken."""

from services.contracts import Refusal


class RefusedFile(Exception):
    """A file that is not taken. The code is told to its sender; nothing of the file is."""

    def __init__(self, code: str) -> None:
        """Take the code.

        Raises:
            ValueError: it is none of ours.
        """
        self.code = Refusal(code)
        super().__init__(self.code.value)
