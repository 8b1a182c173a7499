"""Metrics of files. Labels are outcomes and types, never names or people."""

from prometheus_client import Counter, Histogram

TAKEN = Counter("prek_files_total", "Files sent, by what became of them.", ["outcome"])
SWEPT = Counter("prek_files_swept_total", "Files deleted that were nobody's.", ["why"])
TAKING_S = Histogram(
    "prek_file_seconds",
    "From the first byte of a file to its answer, by type; the sender's line is in it.",
    ["media_type"],
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60),
)
