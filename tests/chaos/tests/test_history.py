"""Histories are read back as they were written, and hold no words."""

from chaos.history import History, Op, digest, read


def test_what_is_written_is_read_back(tmp_path):
    history = History(tmp_path / "history.jsonl")
    history.add("citizen:c1", Op.SENT, conversation="c1", id="m1", digest=digest("hei"), seen=2)
    history.add("citizen:c1", Op.ACCEPTED, conversation="c1", id="m1")
    history.close()

    assert read(tmp_path / "history.jsonl") == history.records
    assert "hei" not in (tmp_path / "history.jsonl").read_text("utf-8")
