# One static binary, no shell, no root. The data folder is the only place the
# program writes to: run with --read-only and a volume at /data.
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o /out/trueward ./cmd/trueward
RUN mkdir -p /out/data

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /out/trueward /trueward
COPY --from=build --chown=65532:65532 /out/data /data
USER 65532:65532
VOLUME /data
EXPOSE 8088
ENV TRUEWARD_DATA=/data TRUEWARD_LISTEN=0.0.0.0:8088
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s CMD ["/trueward", "healthcheck"]
ENTRYPOINT ["/trueward"]
CMD ["serve"]
