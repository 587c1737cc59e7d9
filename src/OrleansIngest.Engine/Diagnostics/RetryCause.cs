namespace OrleansIngest.Engine.Diagnostics;

/// <summary>Why a transaction was retried: values of a metric's label, which dashboards rely on.</summary>
static class RetryCause
{
    /// <summary>The database is unavailable, full, or starting.</summary>
    public const string Database = "database";

    /// <summary>A deadlock, a cancelled statement, or another temporary failure.</summary>
    public const string Transient = "transient";

    /// <summary>The server refused rows, which are then isolated.</summary>
    public const string Rows = "rows";

    /// <summary>One batch of the group made the others fail.</summary>
    public const string Group = "group";

    /// <summary>A claim was not in force, or the answer of a successful commit was lost.</summary>
    public const string Fence = "fence";

    /// <summary>The table was changed after the rows were encoded.</summary>
    public const string Table = "table";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Database, Transient, Rows, Group, Fence, Table];
}
