# syntax=docker/dockerfile:1
# The citizens' door, with the widget built into it.
FROM node:24.19.0-bookworm-slim AS frontend
WORKDIR /src
COPY package.json package-lock.json tsconfig.base.json ./
COPY services/wire services/wire
COPY gateway/widget gateway/widget
COPY agent-service/console agent-service/console
RUN npm ci --no-audit --no-fund
RUN npm run build --workspace gateway/widget

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
COPY gateway gateway
COPY docs docs
ENV PREK_DOCS_DIR=/app/docs
COPY --from=frontend /src/gateway/src/gateway/static/widget gateway/src/gateway/static/widget
RUN python -m pip install --no-cache-dir --no-deps --no-build-isolation -e services -e gateway
# Nobody in particular: the service writes nothing and needs no rights.
USER 65532:65532
CMD ["python", "-m", "gateway"]
