# The production image: gunicorn, nobody's root, nothing written outside /tmp.
FROM python:3.11-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /venv
COPY requirements.txt .
RUN /venv/bin/pip install -r requirements.txt

FROM python:3.11-slim
RUN useradd --system --uid 10001 --no-create-home --home-dir /nonexistent hisho
COPY --from=build /venv /venv
WORKDIR /srv/hisho
COPY . .
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PRODUCTION=1 \
    STATIC_ROOT=/srv/static \
    WEB_CONCURRENCY=2 \
    WEB_THREADS=4
# A key for this one command; the server gets its own at the start and refuses to run without.
RUN SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(64))')" \
    ALLOWED_HOSTS=build.invalid BASE_URL=https://build.invalid DATABASE_URL=sqlite://:memory: \
    python manage.py collectstatic --no-input \
    && python -m compileall -q .
USER hisho
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s --retries=3 CMD ["python", "scripts/healthcheck.py"]
CMD ["sh", "-c", "exec gunicorn hisho.wsgi --bind 0.0.0.0:8000 --worker-class gthread --workers $WEB_CONCURRENCY --threads $WEB_THREADS --no-control-socket --worker-tmp-dir /dev/shm --timeout 30 --graceful-timeout 30 --max-requests 50000 --max-requests-jitter 5000"]
