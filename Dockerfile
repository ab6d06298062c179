# The image of a site. Two stages: pip and its caches stay behind in the first.
FROM python:3.11-slim-bookworm AS build
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PATH=/venv/bin:$PATH
WORKDIR /app
COPY requirements.txt .
RUN python -m venv /venv \
    && pip install --no-cache-dir --disable-pip-version-check --no-deps --require-hashes --only-binary=:all: -r requirements.txt
COPY . .
# Both need settings, and neither connects to anything; the key is thrown away with this line.
RUN SECRET_KEY="$(python -c 'import secrets; print(secrets.token_hex(32))')" ALLOWED_HOSTS=localhost \
    sh -c 'python manage.py catalogue --compile && python manage.py collectstatic --no-input'

FROM python:3.11-slim-bookworm
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PATH=/venv/bin:$PATH MEDIA_ROOT=/data/media
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin app \
    && install -d -o 10001 -g 10001 -m 0750 /data/media
WORKDIR /app
COPY --from=build /venv /venv
COPY --from=build /app /app
USER 10001:10001
VOLUME /data/media
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s CMD ["python", "docker/health.py", "web"]
CMD ["gunicorn", "cppcc_party.wsgi", "--bind=0.0.0.0:8000", "--worker-class=gthread", "--workers=2", "--threads=8", \
     "--worker-tmp-dir=/dev/shm", "--no-control-socket", "--graceful-timeout=30"]
