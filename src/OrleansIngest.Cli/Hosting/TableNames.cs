namespace OrleansIngest.Cli.Hosting;

/// <summary>Tables as people write them on a command line.</summary>
static class TableNames
{
    /// <summary>With the schema that is meant when none is written.</summary>
    public static string Qualified(string table) => table.Contains('.', StringComparison.Ordinal) ? table : $"public.{table}";

    /// <summary>Whether it is the table of the built-in pipeline.</summary>
    public static bool IsEvents(string table) => Qualified(table) == "public.events";

    /// <summary>The name of a pipeline that exists on the command line only; the same for the same table, so that the ledger knows its files again.</summary>
    public static string PipelineFor(string verb, string table) =>
        $"{verb}-" + new string([.. table.ToLowerInvariant().Select(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '_' ? c : '-').Take(50)]);
}
