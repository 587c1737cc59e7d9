using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Pipelines.Disposal;
using OrleansIngest.Engine.Sources;
using OrleansIngest.Engine.Sources.FileSystem;

namespace OrleansIngest.Engine.Disposal;

/// <summary>Archives or deletes one file. After a kill at any moment, the file is in its place, complete in the archive, or
/// both; the next attempt continues with the destination that was reserved.</summary>
sealed class FileDisposer(DisposalLedger ledger, DueDisposal due, TimeProvider time, CancellationToken cancellationToken)
{
    readonly string _path = due.File.Path;
    SeenFile _source;

    /// <summary>Archives or deletes the file.</summary>
    /// <returns>The outcome, for <see cref="DisposalLedger.DoneAsync"/> and human-readable.</returns>
    /// <exception cref="IOException">It failed and must be retried.</exception>
    /// <exception cref="UnauthorizedAccessException">It failed and must be retried.</exception>
    /// <exception cref="DisposalLostException">Another program took the file over.</exception>
    public async Task<(string Outcome, string Text)> RunAsync()
    {
        if (PipeInput.IsOne(_path)) return ("gone", "a pipe, which leaves no file");
        var directory = Path.GetDirectoryName(_path)!;
        if (!Directory.Exists(directory))
            throw new DirectoryNotFoundException($"the directory {directory} is not visible from {due.Node}");
        var wasRemoved = SourceRemoval.SettleAside(_path, due.FileId.Value, IsVersionAside);
        return due.Step.Do == "delete" ? Delete(wasRemoved) : await ArchiveAsync();
    }

    /// <summary>Whether the file under the temporary name is the version. Its ctime does not count: the rename has changed
    /// it.</summary>
    bool IsVersionAside(SeenFile aside) => _source.Inode != 0
        ? VersionCheck.IsSameFile(aside, _source)
        : VersionCheck.IsVersion(due, aside);

    bool IsInPlace() => FileStat.TryStat(_path, out _source) && VersionCheck.IsVersion(due, _source);

    (string, string) Delete(bool wasRemoved)
    {
        if (!wasRemoved)
        {
            if (!IsInPlace()) return File.Exists(_path) ? ("replaced", "not deleted: a newer version has replaced it")
                : ("gone", "the file was gone before it was deleted");
            if (!SourceRemoval.Remove(_path, due.FileId.Value, IsVersionAside))
                return ("replaced", "not deleted: a newer version has replaced it");
            CrashPoint.Hit("disposal-removed");
        }

        SentinelMove.Run(_path, due.Sentinel, null);
        return ("deleted", "deleted");
    }

    async Task<(string, string)> ArchiveAsync()
    {
        var target = due.Target;
        var isThere = target is not null && VersionCheck.IsArchived(due, target);
        var isInPlace = IsInPlace();
        if (!isThere)
        {
            if (!isInPlace)
                return File.Exists(_path) ? ("replaced", "not archived: a newer version has replaced it")
                    : ("gone", "the file was gone before it was archived");
            try
            {
                target = await PublishAsync(target);
            }
            catch (SourceChangedException)
            {
                return ("replaced", "not archived: a newer version has replaced it");
            }
        }

        if (isInPlace && !SourceRemoval.Remove(_path, due.FileId.Value, IsVersionAside) && WrittenInPlace(target!))
            return ("replaced", "not archived: it was written to while it was being archived");
        CrashPoint.Hit("disposal-removed");
        SentinelMove.Run(_path, due.Sentinel, target);
        return ("archived", $"archived as {target}");
    }

    /// <summary>Whether both names are links to one file, which has been written to meanwhile: a newer version. The link in the
    /// archive is then deleted.</summary>
    bool WrittenInPlace(string target)
    {
        if (!FileStat.TryStat(_path, out var now) || !FileStat.TryStat(target, out var there) || now.Inode != there.Inode
            || now.Device != there.Device) return false;
        File.Delete(target);
        return true;
    }

    /// <summary>Puts the file into the archive, complete, on the disk and verified, under an unused name.</summary>
    async Task<string> PublishAsync(string? chosen)
    {
        var gzip = due.Step.Gzip && !VersionCheck.IsCompressed(_path);
        for (var next = chosen is null ? 1 : 0; ; next++)
        {
            var target = next == 0 ? chosen! : NameOf(next, gzip);
            // If the destination that was reserved before is occupied now, it belongs to another file.
            if (Path.Exists(target)) continue;
            if (next > 0 && !await ledger.ReserveAsync(due, target, cancellationToken)) continue;
            CrashPoint.Hit("disposal-reserved");
            var directory = Path.GetDirectoryName(target)!;
            FileMoves.MakeDirectory(directory);
            var temporary = Path.Combine(directory,
                $"{Mine}{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(due.Node.Value)))[..8]}.tmp");
            foreach (var left in Directory.GetFiles(directory, $"{Mine}*.tmp")) File.Delete(left);
            try
            {
                if (gzip || !ArchiveCopy.TryLink(_source, temporary))
                    await ArchiveCopy.CopyAsync(due, _source, temporary, gzip, () => ledger.RenewAsync(due, cancellationToken),
                        time, cancellationToken);
                CrashPoint.Hit("disposal-copied");
                await ledger.RenewAsync(due, cancellationToken);
                if (FileMoves.Move(temporary, target) is not MoveOutcome.Moved) continue;
                CrashPoint.Hit("disposal-published");
                FileMoves.Sync(directory);
                return target;
            }
            finally
            {
                File.Delete(temporary);
            }
        }
    }

    string Mine => string.Create(CultureInfo.InvariantCulture, $"{SourceRemoval.AsidePrefix}{due.FileId.Value}.");

    string NameOf(int number, bool gzip)
    {
        var name = ArchiveTemplate.Expand(due.Step.To!, _path, due.Pipeline, due.FileId.Value, due.FinishedAt);
        return string.Create(CultureInfo.InvariantCulture, $"{name}{(number == 1 ? "" : $".{number}")}{(gzip ? ".gz" : "")}");
    }
}
