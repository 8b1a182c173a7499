# syntax=docker/dockerfile:1
# Runs once: generates passwords and computes the broker's definitions.
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
COPY deploy deploy
RUN python -m pip install --no-cache-dir --no-deps --no-build-isolation -e services -e deploy/native
CMD ["python", "-m", "native.keys"]
