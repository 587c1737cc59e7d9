using System.Globalization;
using OrleansIngest.Engine.Ledger;

namespace OrleansIngest.Grains;

/// <summary>What a split grain works for: a plan under a claim of a file, on one node. Each plan has a grain of its own, so that
/// messages of an earlier plan which arrive late concern nobody.</summary>
/// <param name="Node">Where.</param>
/// <param name="File">The file.</param>
/// <param name="Epoch">Of its claim.</param>
/// <param name="Plan">Which of the claim's plans, from 1.</param>
readonly record struct SplitKey(NodeId Node, FileId File, int Epoch, int Plan)
{
    /// <summary>Reads what <see cref="ToString"/> writes. The name of a node may contain anything.</summary>
    public static SplitKey Parse(string text)
    {
        var parts = text.Split('-', 3);
        int[] numbers = [.. parts[1].Split('.').Select(n => int.Parse(n, CultureInfo.InvariantCulture))];
        return new SplitKey(new NodeId(parts[2]), FileId.Parse(parts[0]), numbers[0], numbers is [_, var plan] ? plan : 1);
    }

    /// <summary>The name in a grain's key. The first plan is not written: silos that run an older program know no
    /// others.</summary>
    public override string ToString() => Plan == 1
        ? string.Create(CultureInfo.InvariantCulture, $"{File}-{Epoch}-{Node}")
        : string.Create(CultureInfo.InvariantCulture, $"{File}-{Epoch}.{Plan}-{Node}");
}
