namespace OrleansIngest.Engine.Pipelines;

/// <summary>Names of pipelines that exist only on a command line.</summary>
static class PipelineNames
{
    /// <summary>Characters of the table's name that are kept.</summary>
    internal const int LongestPart = 50;

    /// <summary>The name of a pipeline without a configuration; always the same for a table, so that the ledger recognizes its
    /// files.</summary>
    /// <param name="verb">How the files arrive, such as <c>load</c>.</param>
    /// <param name="table">Its name, as written.</param>
    public static string For(string verb, string table) => $"{verb}-{Plain(table)}";

    internal static string Plain(string table) =>
        new([.. table.ToLowerInvariant().Select(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '_' ? c : '-')
            .Take(LongestPart)]);
}
