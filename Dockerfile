# One image for the web server and the workers; the command says which.
FROM python:3.12-slim-bookworm AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY backend backend
COPY frontend frontend
COPY worker worker
# PIP_ARGS picks another build of torch, such as one for CPUs only.
ARG PIP_ARGS=""
# hadolint ignore=SC2086
RUN python -m venv /app && /app/bin/pip install --no-cache-dir ${PIP_ARGS} ".[s3]"

FROM python:3.12-slim-bookworm
RUN useradd --create-home --uid 10001 frontier \
    && mkdir /data \
    && chown frontier:frontier /data
COPY --from=build /app /app
ENV PATH=/app/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    FRONTIER_HOME=/data \
    FRONTIER_HOST=0.0.0.0
USER 10001
VOLUME /data
EXPOSE 8050
CMD ["frontier", "api"]
