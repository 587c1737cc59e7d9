namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>Escapes search text, so that <c>%</c> and <c>_</c> are ordinary characters.</summary>
static class LikePattern
{
    public static string Escape(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_",
            StringComparison.Ordinal);
}
