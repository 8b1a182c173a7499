# syntax=docker/dockerfile:1
# The agents' desk, with the console built into it.
FROM node:24.19.0-bookworm-slim AS frontend
WORKDIR /src
COPY package.json package-lock.json tsconfig.base.json ./
COPY services/wire services/wire
COPY gateway/widget gateway/widget
COPY agent-service/console agent-service/console
RUN npm ci --no-audit --no-fund
RUN npm run build --workspace agent-service/console

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
COPY agent-service agent-service
COPY --from=frontend /src/agent-service/src/agent_service/static/console agent-service/src/agent_service/static/console
RUN python -m pip install --no-cache-dir --no-deps --no-build-isolation -e services -e agent-service
# Nobody in particular: the service writes nothing and needs no rights.
USER 65532:65532
CMD ["python", "-m", "agent_service"]
