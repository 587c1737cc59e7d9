using OrleansIngest.Engine.Diagnostics;

namespace OrleansIngest.Engine.Codecs.Archives;

/// <summary>Something in an archive that may be data.</summary>
/// <param name="Name">As the archive has it.</param>
/// <param name="StoredSize">Its size in the archive in bytes.</param>
readonly record struct ArchiveEntry(string Name, long StoredSize);

/// <summary>What is in an archive, in its order.</summary>
/// <param name="Entries">What may be data.</param>
/// <param name="Skipped">What is not, and why, human-readable; directories are not named.</param>
sealed record ArchiveListing(IReadOnlyList<ArchiveEntry> Entries, IReadOnlyList<string> Skipped)
{
    /// <summary>More than these are a mistake, not a delivery of files.</summary>
    public const int MostEntries = 100_000;

    /// <summary>Takes what is listed: sorts out what is not data, and refuses what cannot be told apart.</summary>
    /// <param name="all">Each entry, and what it is when it is not a file.</param>
    /// <exception cref="Sources.BrokenContentException">Two entries have one name, or there are too many.</exception>
    public static ArchiveListing Of(IEnumerable<(ArchiveEntry Entry, string? Other)> all)
    {
        var entries = new List<ArchiveEntry>();
        var skipped = new List<string>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (entry, other) in all)
        {
            if (entry.Name.EndsWith('/')) continue;
            if (WhyNoData(entry.Name) is { } hidden) skipped.Add($"{entry.Name}: {hidden}");
            else if (other is not null) skipped.Add($"{entry.Name}: {other}");
            else if (!names.Add(entry.Name))
                throw new Sources.BrokenContentException(
                    $"{entry.Name} occurs twice in the archive, and the intended one is unknown: pack it again");
            else entries.Add(entry);
            if (entries.Count > MostEntries)
                throw new Sources.BrokenContentException(
                    $"the archive has more than {Counted.Of(MostEntries, "file")}: split it");
        }

        return new ArchiveListing(entries, skipped);
    }

    static string? WhyNoData(string name)
    {
        var parts = name.Split('/');
        if (parts[0] == "__MACOSX") return "metadata of macOS";
        return parts.Any(part => part is not ("." or "..") && part.StartsWith('.')) ? "a hidden file" : null;
    }
}
