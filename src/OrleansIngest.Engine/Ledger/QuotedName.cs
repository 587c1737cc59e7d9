namespace OrleansIngest.Engine.Ledger;

/// <summary>Names of tables and columns in statements.</summary>
static class QuotedName
{
    /// <summary>A name in quotes, which SQL always accepts.</summary>
    public static string Of(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
