namespace OrleansIngest.Engine.Diagnostics;

/// <summary>Why a transaction was tried again: values of a label of the metric, which dashboards rely on.</summary>
static class RetryCause
{
    /// <summary>The database is away, full, or starting.</summary>
    public const string Database = "database";

    /// <summary>A deadlock, a cancelled statement, or another trouble that may be over soon.</summary>
    public const string Transient = "transient";

    /// <summary>The server refused rows: they are singled out.</summary>
    public const string Rows = "rows";

    /// <summary>One batch spoiled it for others.</summary>
    public const string Group = "group";

    /// <summary>A claim was not in force, or a commit had gone through unheard.</summary>
    public const string Fence = "fence";

    /// <summary>The table was changed after the rows were encoded.</summary>
    public const string Table = "table";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Database, Transient, Rows, Group, Fence, Table];
}
