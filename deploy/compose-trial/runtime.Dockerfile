# Stands in for mcr.microsoft.com/dotnet/aspnet:10.0: Debian with the runtimes of this machine. images.sh puts them into the build
# context.
FROM debian:13
RUN groupadd --gid 1654 app && useradd --uid 1654 --gid 1654 --create-home app
COPY dotnet /usr/share/dotnet
RUN ln -s /usr/share/dotnet/dotnet /usr/bin/dotnet
ENV APP_UID=1654 ASPNETCORE_HTTP_PORTS=8080 DOTNET_RUNNING_IN_CONTAINER=true
