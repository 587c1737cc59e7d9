namespace OrleansIngest.Engine.Diagnostics;

/// <summary>What somebody probably meant.</summary>
public static class NearestName
{
    /// <summary><c>did you mean x?</c> when a known name is near, else the list of known names.</summary>
    public static string Suggest(string wrong, IEnumerable<string> known)
    {
        var names = known.Distinct(StringComparer.Ordinal).ToList();
        return Find(wrong, names) is { } nearest ? $"did you mean {nearest}?" : $"known are {string.Join(", ", names)}";
    }

    /// <summary>The known name that is nearest, capitals left out of account, if it is near enough to be meant: no more than two letters off, in short names
    /// one, in long ones a third. Null: none is.</summary>
    public static string? Find(string wrong, IEnumerable<string> known)
    {
        var most = wrong.Length <= 3 ? 1 : Math.Max(2, wrong.Length / 3);
        var (nearest, distance) = known.Distinct(StringComparer.Ordinal)
            .Select(name => (Name: name, Distance: Distance(wrong.ToUpperInvariant(), name.ToUpperInvariant())))
            .OrderBy(candidate => candidate.Distance).FirstOrDefault();
        return nearest is not null && distance <= most ? nearest : null;
    }

    /// <summary>How many letters must be inserted, deleted, replaced or swapped with their neighbour.</summary>
    public static int Distance(string a, string b)
    {
        var costs = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
            costs[i, 0] = i;
        for (var j = 0; j <= b.Length; j++)
            costs[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var replaced = costs[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                costs[i, j] = Math.Min(replaced, 1 + Math.Min(costs[i - 1, j], costs[i, j - 1]));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    costs[i, j] = Math.Min(costs[i, j], costs[i - 2, j - 2] + 1);
            }
        }

        return costs[a.Length, b.Length];
    }
}
