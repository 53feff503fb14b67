# What axllent/mailpit is for the app: a mail server on port 1025. Mails are written to the log instead of a page.
FROM docker.io/library/debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends python3-aiosmtpd && rm -rf /var/lib/apt/lists/*
ENTRYPOINT ["python3", "-u", "-m", "aiosmtpd", "--nosetuid", "--listen", "0.0.0.0:1025"]
