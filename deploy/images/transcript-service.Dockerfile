# syntax=docker/dockerfile:1
# The ledger and the archive.
FROM python:3.11-slim-bookworm AS packages
WORKDIR /app
COPY requirements.lock ./
RUN python -m venv /venv
RUN /venv/bin/python -m pip install --no-cache-dir --require-hashes -r requirements.lock

FROM python:3.11-slim-bookworm
WORKDIR /app
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
COPY --from=packages /venv /venv
COPY services services
COPY transcript-service transcript-service
RUN python -m pip install --no-cache-dir --no-deps --no-build-isolation -e services -e transcript-service
# Nobody in particular: the service writes nothing and needs no rights.
USER 65532:65532
CMD ["python", "-m", "transcript_service"]
