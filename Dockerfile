# Kurir with Chromium, in Debian's own packages only. Build: docker build -t kurir .
# How to run it, and what Chromium's sandbox needs from the container: README.md, "In a container".

FROM debian:trixie-slim AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates maven npm openjdk-25-jdk-headless \
 && rm -rf /var/lib/apt/lists/* \
 && ln -s /usr/lib/jvm/java-25-openjdk-* /opt/java
ENV JAVA_HOME=/opt/java
# Maven's own libraries would warn on such a new JDK.
ENV MAVEN_OPTS="--sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED"
WORKDIR /build
COPY pom.xml openapi.yaml asyncapi.yaml ./
COPY src/main src/main
# The formatter is the developers' concern; the tests need databases and a browser: bin/test.
RUN mvn -q -B -ntp -Dstyle.color=never -Dmaven.test.skip=true -Dspotless.check.skip=true package

FROM debian:trixie-slim
# tini buries what Chromium leaves behind; fonts are for names and messages in any script that a page draws.
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates chromium curl fonts-liberation fonts-noto-color-emoji \
      openjdk-25-jre-headless tini tzdata \
 && rm -rf /var/lib/apt/lists/* \
 && ln -s /usr/lib/jvm/java-25-openjdk-* /opt/java \
 && groupadd --gid 10001 kurir \
 && useradd --uid 10001 --gid 10001 --home-dir /var/lib/kurir --no-create-home --shell /usr/sbin/nologin kurir \
 && install -d -o kurir -g kurir -m 0700 /var/lib/kurir /var/lib/kurir-profiles
WORKDIR /opt/kurir
COPY bin/kurir bin/setup.sh bin/
COPY conf/jvm.options conf/kurir.yaml conf/blocked-requests.txt conf/
COPY cluster.xml ./
COPY --from=build /build/target/lib target/lib
COPY --from=build /build/target/kurir.jar target/kurir.jar
RUN ln -s /opt/kurir/bin/kurir /usr/local/bin/kurir
ENV JAVA_HOME=/opt/java CHROME_PATH=/usr/bin/chromium LANG=C.UTF-8
# Inside of a container nobody reaches loopback; which ports go out is decided where it is run.
ENV KURIR_DATA=/var/lib/kurir KURIR_HTTP_HOST=0.0.0.0
USER 10001:10001
# What a node keeps for itself; profiles that several nodes share.
VOLUME /var/lib/kurir /var/lib/kurir-profiles
EXPOSE 3000
STOPSIGNAL SIGTERM
# The first start of a node waits for its databases and joins the cluster.
HEALTHCHECK --interval=15s --timeout=5s --start-period=2m --retries=3 \
  CMD ["sh", "-c", "exec curl -fsS -m 4 -o /dev/null http://127.0.0.1:${KURIR_HTTP_PORT:-3000}/health/live"]
ENTRYPOINT ["/usr/bin/tini", "--", "/opt/kurir/bin/kurir"]
CMD ["start"]
