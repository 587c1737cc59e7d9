using System.Globalization;
using OrleansIngest.Engine.Ledger;

namespace OrleansIngest.Grains;

/// <summary>What a split grain works for: a claim of a file, on one node.</summary>
/// <param name="Node">Where.</param>
/// <param name="File">The file.</param>
/// <param name="Epoch">Of its claim.</param>
readonly record struct SplitKey(NodeId Node, FileId File, int Epoch)
{
    /// <summary>Reads what <see cref="ToString"/> writes. The name of a node may contain anything.</summary>
    public static SplitKey Parse(string text)
    {
        var parts = text.Split('-', 3);
        return new SplitKey(new NodeId(parts[2]), FileId.Parse(parts[0]), int.Parse(parts[1], CultureInfo.InvariantCulture));
    }

    /// <summary>The name in a grain's key.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{File}-{Epoch}-{Node}");
}
