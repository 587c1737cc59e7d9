namespace OrleansIngest.Monitor.Tests.Browser;

/// <summary>The browser on this machine: <c>INGEST_CHROMIUM</c>, or where Debian, Ubuntu and others put it.</summary>
static class Chromium
{
    static readonly string[] Places =
    [
        "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", "/usr/bin/google-chrome-stable",
        "/snap/bin/chromium",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "/Applications/Chromium.app/Contents/MacOS/Chromium",
    ];

    public static string Find() =>
        Environment.GetEnvironmentVariable("INGEST_CHROMIUM") is { Length: > 0 } given ? given
        : Places.FirstOrDefault(File.Exists)
            ?? throw new InvalidOperationException("No browser was found. Install it: sudo apt-get install -y chromium");
}
