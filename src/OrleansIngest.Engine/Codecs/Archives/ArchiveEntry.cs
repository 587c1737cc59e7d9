using OrleansIngest.Engine.Diagnostics;

namespace OrleansIngest.Engine.Codecs.Archives;

/// <summary>An entry of an archive that may be data.</summary>
/// <param name="Name">Its name in the archive.</param>
/// <param name="StoredSize">Its size in the archive in bytes.</param>
readonly record struct ArchiveEntry(string Name, long StoredSize);

/// <summary>The contents of an archive, in its order.</summary>
/// <param name="Entries">The entries that may be data.</param>
/// <param name="Skipped">The other entries, with reasons, human-readable; directories are omitted.</param>
sealed record ArchiveListing(IReadOnlyList<ArchiveEntry> Entries, IReadOnlyList<string> Skipped)
{
    /// <summary>Maximum number of entries: more are a mistake, not a delivery of files.</summary>
    public const int MostEntries = 100_000;

    /// <summary>Filters out entries that are not data, and refuses entries that cannot be distinguished.</summary>
    /// <param name="all">Each entry, and what it is if it is not a file.</param>
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
