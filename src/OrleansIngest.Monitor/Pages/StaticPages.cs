using System.Collections.Concurrent;
using System.IO.Compression;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace OrleansIngest.Monitor.Pages;

/// <summary>The files of the pages, which are inside this program. Each is read and compressed once,
/// when it is first asked for.</summary>
sealed partial class StaticPages
{
    const string Prefix = "wwwroot/", DocumentPath = "index.html", Entry = "assets/js/app.js", List = "assets/js/pages.js";

    readonly ConcurrentDictionary<string, StaticPage?> _pages = new(StringComparer.Ordinal);

    /// <summary>The addresses of the pages with their modules, from <c>pages.js</c>.</summary>
    public static IEnumerable<(string Route, string Page)> Routes() =>
        Address().Matches(Encoding.UTF8.GetString(Read(List)!)).Select(match => (match.Groups[1].Value, match.Groups[2].Value));

    /// <summary>The page of a path below the root, such as <c>assets/app.js</c>; null when there is none.</summary>
    public StaticPage? Find(string path) => _pages.TryGetValue(path, out var page) ? page
        : Load(path) is { } loaded ? _pages.GetOrAdd(path, loaded) : null;

    /// <summary>The document of all pages, which tells the browser at once what it will need.</summary>
    /// <param name="page">The page that is shown first: a module of <c>assets/js/pages</c>, such as <c>overview</c>.</param>
    public StaticPage Document(string page) => _pages.GetOrAdd($"{DocumentPath} {page}", _ =>
    {
        var modules = ModuleGraph.Of([Entry, $"assets/js/pages/{page}.js"],
            path => Read(path) is { } content ? Encoding.UTF8.GetString(content) : null);
        var hints = string.Concat(modules.Select(path => $"  <link rel=\"modulepreload\" href=\"/{path}\">\n"));
        var text = Encoding.UTF8.GetString(Read(DocumentPath)!);
        return Pack(DocumentPath, Encoding.UTF8.GetBytes(text.Replace("</head>", hints + "</head>", StringComparison.Ordinal)));
    })!;

    [GeneratedRegex("""^  \{ path: "([^"]+)", module: "([^"]+)""", RegexOptions.Multiline)]
    private static partial Regex Address();

    static StaticPage? Load(string path) => Read(path) is { } content ? Pack(path, content) : null;

    static byte[]? Read(string path)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(Prefix + path);
        if (stream is null) return null;
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }

    static StaticPage Pack(string path, byte[] content)
    {
        var type = ContentType(path);
        var brotli = IsText(type)
            ? Compress(content, to => new BrotliStream(to, new BrotliCompressionOptions { Quality = 9 }, leaveOpen: true)) : null;
        var gzip = IsText(type) ? Compress(content, to => new GZipStream(to, CompressionLevel.SmallestSize, leaveOpen: true))
            : null;
        var hash = Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 12));
        return new StaticPage(type, content, brotli?.Length < content.Length ? brotli : null,
            gzip?.Length < content.Length ? gzip : null, $"\"{hash}\"");
    }

    static byte[] Compress(byte[] content, Func<Stream, Stream> create)
    {
        using var compressed = new MemoryStream();
        using (var stream = create(compressed)) stream.Write(content);
        return compressed.ToArray();
    }

    static bool IsText(string type) => type.Contains("charset", StringComparison.Ordinal) || type is "image/svg+xml";

    static string ContentType(string path) => Path.GetExtension(path) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".js" or ".mjs" => "text/javascript; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".json" or ".map" => "application/json; charset=utf-8",
        ".webmanifest" => "application/manifest+json; charset=utf-8",
        ".txt" or ".md" or "" => "text/plain; charset=utf-8",
        ".svg" => "image/svg+xml",
        ".png" => "image/png",
        ".ico" => "image/x-icon",
        ".woff2" => "font/woff2",
        _ => "application/octet-stream",
    };
}
