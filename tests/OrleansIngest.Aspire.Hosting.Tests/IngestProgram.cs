using OrleansIngest.Testing;

namespace OrleansIngest.Aspire.Hosting.Tests;

/// <summary>The complete program, as these tests were built with it.</summary>
static class IngestProgram
{
    static readonly string Configuration = new DirectoryInfo(AppContext.BaseDirectory).Name;

    public static string Path { get; } = Repository.Path($"artifacts/bin/OrleansIngest.Cli/{Configuration}/ingest.dll");
}
