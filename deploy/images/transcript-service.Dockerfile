# syntax=docker/dockerfile:1
# The ledger and the archive.
FROM python:3.11-slim-bookworm AS packages
WORKDIR /app
COPY requirements.lock ./
RUN python -m venv /venv
RUN /venv/bin/python -m pip install --no-cache-dir --require-hashes -r requirements.lock

FROM python:3.11-slim-bookworm
WORKDIR /app
# What the copy as PDF is set with.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends \
        libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core \
    && rm -rf /var/lib/apt/lists/*
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
COPY --from=packages /venv /venv
COPY services services
COPY transcript-service transcript-service
RUN python -m pip install --no-cache-dir --no-deps --no-build-isolation -e services -e transcript-service
# A new volume takes its owner from here: nobody else may look into it either.
RUN install -d -o 65532 -g 65532 -m 700 /files /seals /archive
# Nobody in particular: the service writes nothing but files that people send, and needs no rights.
USER 65532:65532
CMD ["python", "-m", "transcript_service"]
