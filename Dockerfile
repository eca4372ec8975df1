# Builds the worker's image. Written without a Docker engine at hand: it has never been built or run.

FROM python:3.11.14-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /src
# The environment has no pip of its own: nothing in the last stage can install anything.
RUN python -m venv --without-pip /opt/fulltext
COPY requirements ./requirements
# What a worker may need for any of its settings: Redis, traces, encrypted keys, keys from AWS.
RUN pip --python /opt/fulltext/bin/python install --require-hashes --only-binary :all: -r requirements/image.txt
# The build backend, from the same lock and with its hashes, in this stage only.
RUN sed -n '/^setuptools==/,/[^\\]$/p' requirements/dev.txt > backend.txt \
    && pip install --require-hashes --no-deps -r backend.txt
COPY pyproject.toml README.md LICENSE ./
COPY schemas ./schemas
COPY streams ./streams
RUN pip wheel --no-deps --no-build-isolation --wheel-dir /wheels . \
    && pip --python /opt/fulltext/bin/python install --no-deps --no-index /wheels/*.whl

FROM python:3.11.14-slim-bookworm
# The base image's own installers are not needed at run time.
RUN pip uninstall --yes setuptools wheel pip \
    && groupadd --gid 10001 fulltext \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin fulltext
COPY --from=build /opt/fulltext /opt/fulltext
ENV PATH=/opt/fulltext/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 LOG_FORMAT=json
USER 10001:10001
WORKDIR /tmp
# Alive is enough here, and /livez asks for no token; whether records are worked off is /readyz's answer.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import urllib.request as u; u.build_opener(u.ProxyHandler({})).open('http://127.0.0.1:6066/livez', timeout=4)"]
# The worker drains at SIGTERM; give it longer than VERIFY_DRAIN_SECONDS.
STOPSIGNAL SIGTERM
ENTRYPOINT ["fulltext"]
CMD ["worker"]
