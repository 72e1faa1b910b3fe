# Two targets, because Rasa open source ends at Python 3.10 and everything that faces the internet stays on a supported one.
# Not built on the machine where it was written (no container engine there); the same steps are what `make install` runs.

FROM python:3.11-slim-bookworm AS web
WORKDIR /safar
RUN apt-get update && apt-get install -y --no-install-recommends gcc libgomp1 && rm -rf /var/lib/apt/lists/*
COPY requirements/web.txt requirements/
# TORCH_INDEX may name an index with CPU builds of PyTorch; without it pip's default index decides.
ARG TORCH_INDEX=""
RUN pip install --no-cache-dir ${TORCH_INDEX:+--extra-index-url "$TORCH_INDEX"} -r requirements/web.txt
COPY . .
RUN useradd --create-home safar && mkdir -p var && chown safar var
USER safar
ENV PYTHONUNBUFFERED=1
EXPOSE 8000
CMD ["sh", "-c", "python manage.py prepare --without-dialogue && exec python -m uvicorn config.asgi:application --host 0.0.0.0 --port 8000 --no-access-log"]

FROM python:3.10-slim-bookworm AS dialogue
WORKDIR /safar
RUN apt-get update && apt-get install -y --no-install-recommends gcc libgomp1 && rm -rf /var/lib/apt/lists/*
COPY requirements/dialogue.txt requirements/
RUN pip install --no-cache-dir -r requirements/dialogue.txt
COPY bot bot
COPY nlu nlu
RUN SAFAR_VAR_DIR=/safar/var python -m bot.assistant.server train \
    && useradd --create-home safar && chown -R safar var
USER safar
ENV PYTHONUNBUFFERED=1 RASA_INTERFACE=0.0.0.0
EXPOSE 5005
CMD ["python", "-m", "bot.assistant.server", "run"]
