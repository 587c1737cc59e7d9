
namespace OrleansIngest.Engine.Diagnostics;

/// <summary>The name that was probably intended.</summary>
public static class NearestName
{
    /// <summary><c>did you mean x?</c> when a known name is near, else the list of known names.</summary>
    public static string Suggest(string wrong, IEnumerable<string> known)
    {
        var names = known.Distinct(StringComparer.Ordinal).ToList();
        return Find(wrong, names) is { } nearest ? $"did you mean {nearest}?" : $"known are {string.Join(", ", names)}";
    }

    /// <summary>The nearest known name, ignoring case, if it is near enough: at most two different letters, one in names of up to
    /// three letters, a third in long names. Otherwise null.</summary>
    public static string? Find(string wrong, IEnumerable<string> known)
    {
        var most = wrong.Length <= 3 ? 1 : Math.Max(2, wrong.Length / 3);
        var (nearest, distance) = known.Distinct(StringComparer.Ordinal)
            .Select(name => (Name: name, Distance: Distance(wrong.ToUpperInvariant(), name.ToUpperInvariant())))
            .OrderBy(candidate => candidate.Distance).FirstOrDefault();
        return nearest is not null && distance <= most ? nearest : null;
    }

    /// <summary>How many letters must be inserted, deleted, replaced or swapped with their neighbour.</summary>
    public static int Distance(string a, string b) => EditDistance.Between(a, b);
}
