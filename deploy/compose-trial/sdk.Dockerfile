# Stands in for mcr.microsoft.com/dotnet/sdk:10.0: Debian with the SDK of this machine, and with the certificates that this
# machine trusts, because the way to NuGet may lead through a proxy of its own.
FROM debian:13
COPY dotnet /usr/share/dotnet
RUN ln -s /usr/share/dotnet/dotnet /usr/bin/dotnet
COPY ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
ENV DOTNET_RUNNING_IN_CONTAINER=true DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1
ENV NUGET_XMLDOC_MODE=skip NUGET_CERT_REVOCATION_MODE=offline
