using OrleansIngest.Engine.Mapping;

namespace OrleansIngest.Commands.Configuration;

/// <summary>What somebody probably meant.</summary>
static class NearestName
{
    /// <summary><c>did you mean x?</c> when a known name is near, else the list of known names.</summary>
    public static string Suggest(string wrong, IEnumerable<string> known)
    {
        var names = known.Distinct(StringComparer.Ordinal).ToList();
        var nearest = names.Select(name => (Name: name, Distance: Distance(wrong.ToUpperInvariant(), name.ToUpperInvariant())))
            .OrderBy(candidate => candidate.Distance).FirstOrDefault();
        return nearest.Name is not null && nearest.Distance <= Math.Max(2, wrong.Length / 3)
            ? $"did you mean {nearest.Name}?"
            : $"known are {string.Join(", ", names)}";
    }

    /// <summary>How many letters must be inserted, deleted, replaced or swapped with their neighbour.</summary>
    public static int Distance(string a, string b) => EditDistance.Between(a, b);
}
