"""The scanner is asked before anything is kept; what it cannot be asked about is not kept."""

import asyncio

import pytest
from services.errors import Transient
from transcript_service.files.refused import RefusedFile
from transcript_service.files.scanner import Clamd, NoScanner, scanner_at


@pytest.fixture
def received(tmp_path):
    def received(content):
        path = tmp_path / "received"
        path.write_bytes(content)
        return path

    return received


async def test_a_clean_file_is_scanned_to_its_last_byte(clamd, received):
    content = bytes(range(256)) * 4_000  # several pieces
    said = await Clamd(clamd.address).scan(received(content))

    assert said == "clean"
    assert clamd.scanned == [content]


async def test_the_test_virus_is_refused_wherever_it_stands(clamd, received):
    for content in (clamd.EICAR, bytes(300_000) + clamd.EICAR):
        with pytest.raises(RefusedFile) as refused:
            await Clamd(clamd.address).scan(received(content))

        assert refused.value.code == "file_infected"


@pytest.mark.parametrize(
    "answer", [b"INSTREAM size limit exceeded. ERROR", b"UNKNOWN COMMAND", b"stream: what", b""]
)
async def test_any_other_answer_is_none_and_so_is_silence(clamd, received, answer):
    clamd.answer = answer
    with pytest.raises(Transient):
        await Clamd(clamd.address, timeout_s=0.3).scan(received(b"Hei"))


async def test_a_daemon_that_is_away_lets_nothing_pass(received, unused_port):
    with pytest.raises(Transient):
        await Clamd(f"tcp://127.0.0.1:{unused_port}").scan(received(b"Hei"))
    with pytest.raises(Transient):
        await Clamd("unix:///nonexistent/clamd.ctl").scan(received(b"Hei"))


async def test_a_daemon_that_hangs_up_in_the_middle_lets_nothing_pass(received):
    async def hang_up(_reader, writer):
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    address = f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    with pytest.raises(Transient):
        await Clamd(address).scan(received(bytes(3_000_000)))
    server.close()
    await server.wait_closed()


async def test_it_answers_at_a_socket_of_the_machine_too(clamd, received, tmp_path):
    path = tmp_path / "clamd.ctl"
    server = await asyncio.start_unix_server(clamd, path)
    said = await scanner_at(f"unix://{path}").scan(received(b"Hei"))
    server.close()
    await server.wait_closed()

    assert said == "clean"


async def test_without_a_scanner_the_file_says_that_nothing_was_looked_for(received):
    scanner = scanner_at("")

    assert isinstance(scanner, NoScanner)
    assert await scanner.scan(received(b"Hei")) == "unscanned"


@pytest.mark.parametrize("address", ["127.0.0.1:3310", "tcp://host", "unix://", "http://x:1"])
def test_what_is_no_address_is_said_at_the_start(address):
    with pytest.raises(ValueError, match="PREK_CLAMD"):
        scanner_at(address)
