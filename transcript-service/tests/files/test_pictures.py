"""Pictures are written anew, in a process of their own: what is drawn stays, all else is gone."""

import asyncio
import os
from io import BytesIO

import pytest
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo
from services.errors import Transient
from transcript_service.files import drawing
from transcript_service.files.drawing import Drawn, Pictures
from transcript_service.files.refused import RefusedFile


@pytest.fixture
def anew(tmp_path):
    """Return a picture as it is kept, and what was said of it."""

    async def anew(content, media_type="image/jpeg"):
        source, target = tmp_path / "received", tmp_path / "anew"
        source.write_bytes(content)
        drawn = await Pictures(1).rewrite(media_type, source, target)
        return drawn, target.read_bytes()

    return anew


async def refusal_of(work):
    with pytest.raises(RefusedFile) as refused:
        await work
    return refused.value.code.value


async def test_the_place_and_the_owner_of_a_photo_are_not_kept(anew, samples):
    photo = samples.photo()
    assert b"Kari Nordmann" in photo
    assert b"Storgata" in photo

    drawn, kept = await anew(photo)

    assert drawn == Drawn(40, 30)
    for word in (b"Kari Nordmann", b"Storgata", b"Exif", b"GPS", b"ICC_PROFILE"):
        assert word not in kept
    with Image.open(BytesIO(kept)) as image:
        assert dict(image.getexif()) == {}
        assert image.info.keys() <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


async def test_a_photo_that_was_taken_sideways_stands_upright(anew, samples):
    drawn, kept = await anew(samples.photo(orientation=6))

    assert drawn == Drawn(30, 40)
    with Image.open(BytesIO(kept)) as image:
        red, _, blue = image.convert("RGB").getpixel((15, 5))
        assert (red > 200, blue < 60) == (True, True)  # the left half is on top now


@pytest.mark.parametrize("form", ["PNG", "GIF", "WEBP", "JPEG"])
async def test_the_format_and_what_is_drawn_stay(anew, samples, form):
    drawn, kept = await anew(samples.picture(form), f"image/{form.lower()}")

    assert drawn == Drawn(40, 30)
    with Image.open(BytesIO(kept)) as image:
        assert image.format == form
        for at, wanted in (((5, 15), (255, 0, 0)), ((35, 15), (0, 0, 128))):
            pixel = image.convert("RGB").getpixel(at)
            assert all(abs(is_ - was) < 12 for is_, was in zip(pixel, wanted, strict=True))


async def test_what_hides_behind_a_picture_is_gone(anew, samples):
    _, kept = await anew(samples.picture() + b"<script>alert(1)</script>PK\x03\x04")

    assert b"script" not in kept
    assert b"PK\x03\x04" not in kept


async def test_texts_within_a_png_are_gone_and_its_transparency_stays(anew, samples):
    words = PngInfo()
    words.add_text("Author", "Kari Nordmann")
    _, kept = await anew(
        samples.picture("PNG", pnginfo=words, transparency=(255, 0, 0)), "image/png"
    )

    assert b"Kari" not in kept
    with Image.open(BytesIO(kept)) as image:
        assert image.convert("RGBA").getpixel((5, 15))[3] == 0
        assert image.convert("RGBA").getpixel((35, 15))[3] == 255


async def test_the_words_within_a_gif_and_the_profile_of_a_png_are_gone(anew, samples):
    _, gif = await anew(samples.picture("GIF", comment=b"Kari Nordmann"), "image/gif")
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    _, png = await anew(samples.picture("PNG", icc_profile=profile), "image/png")

    assert b"Kari" not in gif
    assert b"iCCP" not in png


async def test_the_program_is_given_no_key(samples, monkeypatch, tmp_path):
    program = tmp_path / "looks.py"
    program.write_text(
        "import os\n"
        """print('{"width": %d, "height": 1}' % sum(n.startswith("PREK_") for n in os.environ))"""
    )
    monkeypatch.setattr(drawing, "_PROGRAM", str(program))
    monkeypatch.setenv("PREK_SIGNING_KEY", "not for a decoder")

    assert (await Pictures(1).rewrite("image/jpeg", tmp_path, tmp_path)).width == 0


async def test_of_an_animation_the_first_frame_is_kept(anew, samples):
    frames = [Image.new("P", (8, 8), n) for n in range(3)]
    moving = samples.saved(frames[0], "GIF", save_all=True, append_images=frames[1:])
    _, kept = await anew(moving, "image/gif")

    with Image.open(BytesIO(kept)) as image:
        assert getattr(image, "n_frames", 1) == 1


async def test_a_photo_for_print_becomes_one_for_screens(anew, samples):
    _, kept = await anew(samples.saved(Image.new("CMYK", (8, 8)), "JPEG"))

    with Image.open(BytesIO(kept)) as image:
        assert image.mode == "RGB"


async def test_a_photo_loses_next_to_nothing_and_does_not_grow(anew, samples):
    noise = Image.effect_noise((400, 300), 60).convert("RGB")
    photo = samples.saved(noise, "JPEG", quality=75)
    _, kept = await anew(photo)

    assert len(kept) <= len(photo) * 1.02


async def test_a_picture_that_is_cut_off_or_is_none_is_broken(anew, samples):
    for form in ("JPEG", "PNG", "GIF", "WEBP"):
        whole = samples.picture(form, (200, 200))
        media_type = f"image/{form.lower()}"

        assert await refusal_of(anew(whole[: len(whole) // 2], media_type)) == "file_broken"
    assert await refusal_of(anew(b"\xff\xd8\xff<html>")) == "file_broken"
    assert await refusal_of(anew(samples.picture("PNG"))) == "file_broken"


async def test_a_picture_of_too_many_pixels_is_never_unpacked(anew, samples):
    huge = samples.saved(Image.new("1", (8_000, 6_300)), "PNG")
    assert len(huge) < 20_000

    assert await refusal_of(anew(huge, "image/png")) == "file_too_large"


async def test_a_program_without_an_answer_is_a_broken_picture(
    anew, samples, monkeypatch, tmp_path
):
    program = tmp_path / "dies.py"
    program.write_text("import os; os.abort()")
    monkeypatch.setattr(drawing, "_PROGRAM", str(program))

    assert await refusal_of(anew(samples.picture())) == "file_broken"


async def test_a_program_without_an_end_is_killed_and_the_sender_comes_again(
    anew, samples, monkeypatch, tmp_path
):
    program, began = tmp_path / "hangs.py", tmp_path / "pid"
    program.write_text(
        f"import os, signal\nopen({str(began)!r}, 'w').write(str(os.getpid()))\nsignal.pause()"
    )
    monkeypatch.setattr(drawing, "_PROGRAM", str(program))
    monkeypatch.setattr(drawing, "LONGEST_S", 3.0)

    with pytest.raises(Transient):
        await anew(samples.picture())
    with pytest.raises(ProcessLookupError):
        os.kill(int(began.read_text()), 0)


async def test_only_so_many_are_drawn_at_once(samples, monkeypatch, tmp_path):
    """Each program says when it begins and ends; those that wait have not begun."""
    program, log = tmp_path / "slow.py", tmp_path / "log"
    program.write_text(
        "import os, time\n"
        f"log = os.open({str(log)!r}, os.O_WRONLY | os.O_CREAT | os.O_APPEND)\n"
        "os.write(log, b'+'); time.sleep(0.2); os.write(log, b'-')\n"
        """print('{"width": 1, "height": 1}')\n"""
    )
    monkeypatch.setattr(drawing, "_PROGRAM", str(program))
    pictures = Pictures(2)
    await asyncio.gather(*(pictures.rewrite("image/jpeg", tmp_path, tmp_path) for _ in range(5)))
    said = log.read_text()
    in_hand = [said[:n].count("+") - said[:n].count("-") for n in range(len(said) + 1)]

    assert len(said) == 10
    assert max(in_hand) <= 2
