namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>What people search for, as it is: <c>%</c> and <c>_</c> are characters like others.</summary>
static class LikePattern
{
    public static string Escape(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_",
            StringComparison.Ordinal);
}
