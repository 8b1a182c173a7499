"""Writes a picture anew: what is drawn stays, and nothing else. A program of its own.

Where and when a photo was taken, with which telephone, and what hides behind its last byte is not
written again. Decoders are where hostile files bite, so this runs in a process without keys,
connections or environment, with bounds on memory and time (`Pictures` starts it):
`python -I pictures.py TYPE FROM TO`. It prints one line of JSON: `{"width", "height"}` or
`{"refusal"}`. Imports nothing of ours, so that it starts quickly.
"""

import json
import resource
import sys
import warnings
from io import BytesIO
from typing import Any, Final

from PIL import Image, ImageCms, ImageOps, JpegImagePlugin, UnidentifiedImageError

FORMATS: Final = {
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/gif": "GIF",
    "image/webp": "WEBP",
}
MAX_PIXELS: Final = 50_000_000
"""More than any telephone's photo; 200 MB once unpacked."""
MEMORY: Final = 1024 * 1024 * 1024
"""Bytes of address space: the picture, a turned copy, and the program."""
CPU_S: Final = 20
QUALITY: Final = 90
"""Where the picture's own is not known, or cannot be kept."""


class Refused(Exception):
    """The picture is not taken; the code says why."""


def main(media_type: str, source: str, target: str) -> int:
    """Write a picture anew and say what came of it. Any other end than 0 is a broken picture."""
    bound()
    try:
        said: dict[str, Any] = rewrite(media_type, source, target)
    except Refused as refused:
        said = {"refusal": str(refused)}
    print(json.dumps(said))  # noqa: T201 - its answer
    return 0


def bound() -> None:
    """Bound what this process may take of the machine, whatever it is given."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def rewrite(media_type: str, source: str, target: str) -> dict[str, int]:
    """Write the picture anew, upright, in the colours of screens and without its metadata.

    Of an animation the first frame: what moves by itself would need a button that stops it
    (WCAG 2.2.2), and its frames have no bound but patience.

    Raises:
        Refused: `file_broken`, or `file_too_large` for too many pixels.
    """
    # Pillow's own bound would only warn up to twice as many.
    Image.MAX_IMAGE_PIXELS = None
    warnings.simplefilter("ignore")
    try:
        with Image.open(source, formats=(FORMATS[media_type],)) as image:
            if image.width * image.height > MAX_PIXELS:
                raise Refused("file_too_large")
            image.load()
            options = _options(image, media_type)
            drawn = _in_screen_colours(ImageOps.exif_transpose(image))
        plain = _plain(drawn, media_type)
        plain.save(target, format=FORMATS[media_type], **options)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, ArithmeticError, EOFError):
        raise Refused("file_broken") from None
    except (LookupError, TypeError, AttributeError, Image.DecompressionBombError):
        # A decoder that stumbled over what no encoder writes.
        raise Refused("file_broken") from None
    return {"width": plain.width, "height": plain.height}


def _options(image: Image.Image, media_type: str) -> dict[str, Any]:
    """Return how to write it: a photo with its own tables, so that it loses next to nothing."""
    if media_type == "image/webp":
        return {"quality": QUALITY, "method": 4}
    if media_type != "image/jpeg":
        return {}
    tables = getattr(image, "quantization", None)
    if not tables or image.mode not in ("RGB", "L"):
        return {"quality": QUALITY}
    options = {"qtables": list(tables.values()), "optimize": True}
    sampling = JpegImagePlugin.get_sampling(image)
    return options if sampling < 0 else {**options, "subsampling": sampling}


def _in_screen_colours(image: Image.Image) -> Image.Image:
    """Return the picture in sRGB. A profile that cannot be used is left out, as browsers do."""
    profile = image.info.get("icc_profile")
    if not profile or image.mode not in ("RGB", "RGBA", "CMYK"):
        return image
    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    try:
        given = ImageCms.ImageCmsProfile(BytesIO(profile))
        screen = ImageCms.createProfile("sRGB")
        turned = ImageCms.profileToProfile(image, given, screen, outputMode=mode)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return image
    return turned if turned is not None else image


def _plain(image: Image.Image, media_type: str) -> Image.Image:
    """Return the pixels alone, in a mode that the format can write."""
    transparency = image.info.get("transparency")
    if media_type == "image/jpeg" and image.mode not in ("RGB", "L"):
        plain = image.convert("RGB")
    elif media_type == "image/webp" and image.mode not in ("RGB", "RGBA"):
        plain = image.convert("RGBA")
    else:
        plain = image.copy()
    plain.info = {}
    if transparency is not None and plain.mode in ("P", "L", "RGB", "1"):
        plain.info["transparency"] = transparency
    plain.getexif().clear()
    return plain


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
