using System.Text;

namespace OrleansIngest.Engine.Formats.Csv.Detection;

/// <summary>A candidate for dividing text into fields.</summary>
/// <param name="Delimiter">Between two fields: one ASCII character or several.</param>
/// <param name="Quote">Around fields; NUL for none.</param>
/// <param name="Escape">Before a quote that is part of a value; NUL if such a quote is doubled.</param>
sealed record Splitting(string Delimiter, char Quote, char Escape)
{
    /// <summary>Whether a quoted value may have any number of lines, and be cut off by the sample's end. Default: no, such a
    /// quote is never closed.</summary>
    public bool HasLongValues { get; init; }

    /// <summary>The delimiter in UTF-8.</summary>
    public byte[] DelimiterBytes => Encoding.ASCII.GetBytes(Delimiter);
}
