# What amazon/dynamodb-local is for compose.yaml: the same program, user, folder and entry point.
FROM docker.io/library/debian:bookworm-slim
# Java names its manuals, in a folder that the slim image leaves out.
RUN mkdir -p /usr/share/man/man1 && apt-get update && \
    apt-get install -y --no-install-recommends openjdk-17-jre-headless && rm -rf /var/lib/apt/lists/*
RUN useradd --uid 1000 --create-home --home-dir /home/dynamodblocal dynamodblocal
WORKDIR /home/dynamodblocal
COPY . .
USER dynamodblocal
EXPOSE 8000
ENTRYPOINT ["java"]
CMD ["-jar", "DynamoDBLocal.jar", "-inMemory"]
