using Npgsql;
using OrleansIngest.Engine.Coordination;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Sources.FileSystem;
using OrleansIngest.Postgres.Tests.Loading;

namespace OrleansIngest.Postgres.Tests.Ledger;

/// <summary>Commits spans of files as lanes do, without any content.</summary>
static class CommittedSpans
{
    /// <summary>A file of 100 bytes as stored that is ready, and its first claim.</summary>
    public static Task<FileClaim> ClaimAsync(this LoadBench bench, IngestNode node, string path = "/in/a.csv.gz") =>
        bench.ClaimAsync(node, new SeenFile(path, 100, 1, 0, 0));

    /// <summary>The first claim of a file.</summary>
    public static async Task<FileClaim> ClaimAsync(this LoadBench bench, IngestNode node, SeenFile file)
    {
        await node.Files.NoteFilesAsync(bench.Pipeline.Name, [file], "ready", null, TestContext.Current.CancellationToken);
        return (await node.Files.ClaimAsync(bench.Pipeline.Name, node.Id, 1, null,
            TestContext.Current.CancellationToken)).Single();
    }

    /// <summary>One span of a claim with a record of each kind.</summary>
    public static BatchRecord Span(this FileClaim claim, long start, long end, PositionUnit unit, RestartPoint? restart = null,
        bool isWhole = false) => new()
        {
            FileId = claim.FileId,
            Pipeline = claim.Pipeline,
            StartOffset = start,
            EndOffset = end,
            FileSize = claim.File.Size,
            Unit = unit,
            RestartPoint = restart,
            FirstRecord = 1 + start,
            FirstLine = 1 + start,
            Records = 3,
            Lines = 3,
            RowsLoaded = 1,
            RowsRejected = 1,
            RowsSkipped = 1,
            RowsSuppressed = 0,
            Epoch = claim.Epoch,
            Owner = claim.Owner,
            ReadMicroseconds = 1,
            WaitMicroseconds = 1,
            CopyMicroseconds = 1,
            CommitMicroseconds = 1,
            WholeFileHash = isWhole ? new byte[32] : null,
        };

    /// <summary>What the last span of a claim says about the end of the file.</summary>
    public static FileEnd EndOf(this FileClaim claim, long end, PositionUnit unit) =>
        new(claim.FileId, claim.Epoch, claim.Owner, end, unit, new byte[32], Reason: null);

    /// <summary>Commits spans in one transaction.</summary>
    /// <returns>The files that it has finished.</returns>
    public static async Task<IReadOnlyList<FinishedFile>> CommitAsync(this LoadBench bench, IngestNode node,
        params BatchRecord[] spans)
    {
        await using var connection = await bench.Database.DataSource.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using var batch = new NpgsqlBatch(connection);
        BatchLedger.AddCommit(batch, node.Id, 1, spans);
        var finished = new List<FinishedFile>();
        await BatchLedger.CommitAsync(batch, finished, TestContext.Current.CancellationToken);
        return finished;
    }
}
