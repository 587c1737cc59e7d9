using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Views;
using OrleansIngest.Engine.Loading;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Sources;
using OrleansIngest.Engine.Sources.FileSystem;

namespace OrleansIngest.Engine.Examination;

/// <summary>The current content of a file of the ledger, opened as its pipeline reads it; or why it cannot be opened.</summary>
sealed class FoundInput : IDisposable
{
    FoundInput(SourceState state, string? note, OpenedInput? input = null) => (State, Note, Input) = (state, note, input);

    public SourceState State { get; }

    /// <summary>A sentence about the state; null for an unchanged file.</summary>
    public string? Note { get; }

    /// <summary>Null when it cannot be read.</summary>
    public OpenedInput? Input { get; }

    const string HasChanged = "The file at this path has changed since this version. Its current content is shown.";

    /// <summary>Opens it. Only a regular file is opened: a pipe at its path would block the reader
    /// forever.</summary>
    /// <param name="file">The file.</param>
    /// <param name="archive">The archive that it is in; null for none.</param>
    /// <param name="options">How it is read.</param>
    public static FoundInput Open(FileRow file, FileRow? archive, PipelineOptions options)
    {
        if (PipeInput.IsOne(file.Path)) return Unreadable("The file was read from a pipe, which can be read only once.");
        var stored = archive ?? file;
        var host = Environment.MachineName;
        switch (FileStat.Stat(stored.Path, out var seen))
        {
            case StatOutcome.File:
                break;
            case StatOutcome.Missing:
                return Gone(host);
            case StatOutcome.Error:
                return Unreadable($"Machine {host} cannot access the path: permission is denied, or the file system failed.");
            default:
                return Unreadable("The path is no longer a regular file.");
        }

        try
        {
            var input = Opened(file, archive, options);
            return IsVersion(seen, stored)
                ? new FoundInput(SourceState.Present, null, input)
                : new FoundInput(SourceState.Changed, HasChanged, input);
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            return Gone(host);
        }
        catch (UnauthorizedAccessException)
        {
            return Unreadable($"User {Environment.UserName} on machine {host} has no permission to read the file.");
        }
        catch (Exception failure) when (failure is IOException or BrokenContentException)
        {
            return Unreadable(Sentence.Of(failure.Message));
        }
    }

    /// <summary>Opens its content, whatever is at the path.</summary>
    /// <param name="file">The file.</param>
    /// <param name="archive">The archive that it is in; null for none.</param>
    /// <param name="options">How it is read.</param>
    public static OpenedInput Opened(FileRow file, FileRow? archive, PipelineOptions options) => archive is null
        ? OpenedInput.Open(file.Path, options)
        : OpenedInput.OpenMember(
            archive.Path, file.Path[(archive.Path.Length + ArchiveLedger.Separator.Length)..], options);

    public void Dispose() => Input?.Dispose();

    static FoundInput Gone(string host) => new(SourceState.Gone,
        $"The file is no longer at its path, as far as machine {host} can see.");

    static FoundInput Unreadable(string note) => new(SourceState.Unreadable, note);

    /// <summary>The ledger's row has the modification time to 100 ns.</summary>
    static bool IsVersion(in SeenFile seen, FileRow file) =>
        seen.Size == file.Size && seen.ModifiedNanoseconds / 100 == (file.Mtime - DateTimeOffset.UnixEpoch).Ticks;
}
