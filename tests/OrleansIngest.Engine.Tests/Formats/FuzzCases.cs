using System.Globalization;

namespace OrleansIngest.Engine.Tests.Formats;

/// <summary>How many cases a fuzz test tries: few with every run of the tests, <c>INGEST_FUZZ_CASES</c> of them (1000000) in a
/// long run.</summary>
static class FuzzCases
{
    public static int Count(int usual) =>
        int.TryParse(Environment.GetEnvironmentVariable("INGEST_FUZZ_CASES"), NumberStyles.None, CultureInfo.InvariantCulture,
            out var cases) ? cases : usual;
}
