namespace OrleansIngest.Testing;

/// <summary>The complete program: every command, in an assembly that <c>dotnet</c> runs.</summary>
public static class CompleteProgram
{
    /// <summary>What <c>./ingest</c> would start, compiled ahead of time, where <c>./ingest test</c> has built it and says so in
    /// <c>INGEST_COMPLETE_PROGRAM</c>; otherwise the <c>ingest.dll</c> beside the tests, which is compiled as it runs.</summary>
    public static string Path { get; } = Environment.GetEnvironmentVariable("INGEST_COMPLETE_PROGRAM")
        ?? System.IO.Path.Combine(AppContext.BaseDirectory, "ingest.dll");
}
