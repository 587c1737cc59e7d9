namespace OrleansIngest.Hosting;

/// <summary>What became of a file that <see cref="FileLoad"/> was asked to load.</summary>
public enum FileOutcome
{
    /// <summary>Loaded now: each of its records is a row or a reject.</summary>
    Loaded,

    /// <summary>Its content had been loaded before; nothing was written.</summary>
    LoadedBefore,

    /// <summary>Nothing of it was loaded, or not all of it; <see cref="LoadedFile.Reason"/> says why.</summary>
    NotLoaded,

    /// <summary>Another program is loading it.</summary>
    InUse,
}

/// <summary>A file and what became of it.</summary>
/// <param name="Path">Absolute path; a member of an archive has the archive's path before its own.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Rows">Rows of the file in the table.</param>
/// <param name="Rejects">Records of the file in <c>corrupt_records</c>.</param>
/// <param name="Reason">Why it was not loaded, for people; null when there is nothing to say.</param>
public sealed record LoadedFile(string Path, FileOutcome Outcome, long Rows, long Rejects, string? Reason);
