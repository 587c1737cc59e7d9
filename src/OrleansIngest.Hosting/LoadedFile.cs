namespace OrleansIngest.Hosting;

/// <summary>The outcome of a file loaded by <see cref="FileLoad"/>.</summary>
public enum FileOutcome
{
    /// <summary>Loaded now: each of its records is a row or a reject.</summary>
    Loaded,

    /// <summary>Its content had been loaded before; nothing was written.</summary>
    LoadedBefore,

    /// <summary>It was not loaded, or only partly; <see cref="LoadedFile.Reason"/> has the reason.</summary>
    NotLoaded,

    /// <summary>Another program is loading it.</summary>
    InUse,
}

/// <summary>A file and its outcome.</summary>
/// <param name="Path">Absolute path; a member of an archive has the archive's path before its own.</param>
/// <param name="Outcome">Its outcome.</param>
/// <param name="Rows">Rows of the file in the table.</param>
/// <param name="Rejects">Records of the file in <c>corrupt_records</c>.</param>
/// <param name="Reason">Why it was not loaded, human-readable; null if it was.</param>
public sealed record LoadedFile(string Path, FileOutcome Outcome, long Rows, long Rejects, string? Reason);
