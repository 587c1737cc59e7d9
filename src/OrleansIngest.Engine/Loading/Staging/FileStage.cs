using Npgsql;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Operators;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Sources;
using OrleansIngest.Engine.Targets.Postgres.Commits;
using OrleansIngest.Engine.Targets.Postgres.Rows;
using OrleansIngest.Engine.Targets.Postgres.Tables;

namespace OrleansIngest.Engine.Loading.Staging;

/// <summary>The stage of a file that becomes visible all at once: batches commit into it, as they do into a table, and at the
/// end one transaction moves all rows into their table and marks the file loaded. A trigger (<c>sql/100-stage.sql</c>) discards
/// the stage of an abandoned file, whichever process abandons it.</summary>
sealed class FileStage : IDisposable
{
    readonly FileClaim _claim;
    readonly LoaderContext _context;
    readonly ClaimEnding _ending;
    readonly RejectLimits _limits;
    readonly CancellationTokenSource _stop = new();
    RejectTally _tally;
    CopyPlan? _target;
    CopyPlan? _plan;
    Task<PublicationResult>? _publishing;

    readonly bool _replaces; // rows of older versions

    FileStage(FileClaim claim, LoaderContext context, ClaimEnding ending, bool replaces)
    {
        (_claim, _context, _ending, _replaces) = (claim, context, ending, replaces);
        _limits = RejectLimits.Of(context.Options);
        _tally = new RejectTally(_limits);
    }

    /// <summary>The stage of a claimed file; null if its pipeline has no stages.</summary>
    public static FileStage? Of(FileClaim claim, LoaderContext context, ClaimEnding ending) =>
        context.Options.IsStaged || ReplacesOlder(claim, context.Options)
            ? new FileStage(claim, context, ending, ReplacesOlder(claim, context.Options)) : null;

    /// <summary>The stage of a claimed file whose rows replace those of its older versions.</summary>
    public static FileStage InPlaceOfOlder(FileClaim claim, LoaderContext context, ClaimEnding ending) =>
        new(claim, context, ending, replaces: true);

    static bool ReplacesOlder(FileClaim claim, PipelineOptions options) =>
        (options.OnChange == ChangePolicy.Replace || claim.IsReplacement) && claim.Version > 1;

    /// <summary>Prepares a file without a stage: if an earlier claim had one, under another configuration, the file is read
    /// from its start again.</summary>
    /// <returns>The committed ranges.</returns>
    public static async Task<IReadOnlyList<PositionSpan>> CommittedWithoutAsync(
        FileClaim claim, LoaderContext context, CancellationToken cancellationToken)
    {
        if (claim.Committed.Count == 0) return [];
        var wasStaged = await context.Health.RetryAsync(token => StageLedger.TakeBackAsync(context.DataSource, claim, token),
            cancellationToken);
        return wasStaged ? [] : claim.Committed;
    }

    /// <summary>Opens the stage for a plan.</summary>
    /// <param name="plan">The plan for the target.</param>
    /// <param name="anew">Whether its content must be discarded.</param>
    /// <returns>The plan for the stage and the spans committed into it; or how the claim ended.</returns>
    public async Task<(CopyPlan? Plan, IReadOnlyList<PositionSpan> Committed, LoadResult? Ended)> OpenAsync(
        CopyPlan plan, bool anew)
    {
        if (_claim.IsReplacement && Replacement.WhyNot(_context.Options) is { } impossible)
            return (null, [], await _ending.FailAsync($"cannot replace older versions: {impossible}"));
        if (await WhyNotAsync(plan) is { } why) return (null, [], await _ending.FailAsync(why));
        var definition = StagePlan.Definition(plan);
        var madeFor = $"{plan.MadeFor?.Shape} {definition}";
        if (await _context.Health.RetryAsync(
                token => StageLedger.OpenAsync(_context.DataSource, _claim, definition, madeFor, anew, token),
                _ending.Stop) is not { } relation)
        {
            return (null, [], _ending.Fenced());
        }

        if (relation.Length == 0)
        {
            return (null, [], await _ending.QuarantineAsync(
                "a part of it was loaded before the pipeline required whole files: restore that configuration and retry the "
                    + "file, or deliver it again"));
        }

        CrashPoint.Hit("staged");
        var (committed, totals) = await _context.Health.RetryAsync(CommittedAsync, _ending.Stop);
        _tally = new RejectTally(_limits);
        _tally.Begin(totals);
        _target = plan;
        _plan = StagePlan.Of(plan, $"{StageLedger.Schema}.\"{relation}\"");
        return (_plan, committed, null);
    }

    async Task<(IReadOnlyList<PositionSpan> Spans, FileTotals Totals)> CommittedAsync(CancellationToken cancellationToken)
    {
        await using var connection = await _context.DataSource.OpenConnectionAsync(cancellationToken);
        var spans = await new LedgerReader(connection).CommittedAsync([_claim.FileId], cancellationToken);
        return (spans.TryGetValue(_claim.FileId, out var done) ? done : [],
            await StageLedger.CommittedAsync(connection, _claim.FileId, cancellationToken));
    }

    async Task<string?> WhyNotAsync(CopyPlan plan)
    {
        if (StagePlan.WhyNot(plan) is { } why) return why;
        return await _context.Health.RetryAsync(async token =>
        {
            await using var connection = await _context.DataSource.OpenConnectionAsync(token);
            return await StagedTarget.WhyNotAsync(connection, plan.Table, DeletesFor(), token);
        }, _ending.Stop);
    }

    /// <summary>The option that deletes rows of the table when the file is published; null for none.</summary>
    string? DeletesFor() =>
        StagedTarget.DeletesOf(_context.Options)
            ?? (_claim.IsReplacement ? "replay --replace" : _replaces ? "onRewrite: replace" : null);

    /// <summary>Adds a committed batch.</summary>
    public void Count(EncodedRows rows) => _tally.Add(rows);

    /// <summary>Why the file exceeds a limit; null if it does not, as far as is known.</summary>
    /// <param name="bytesLeft">Uncommitted bytes of text; null if positions are not bytes of text.</param>
    // a record and a line break are two bytes
    public string? Beyond(long? bytesLeft) => _tally.Beyond(bytesLeft is { } bytes ? (bytes + 1) / 2 : null);

    /// <summary>The reason for an empty file that would empty its table; null for any other.</summary>
    public string? WouldEmptyTable => _context.Options.Write == WriteMode.ReplaceTable
        ? "the file is empty, and write: replaceTable would leave the table empty: the old rows stay; to empty the table on "
            + "purpose, delete its rows by hand"
        : _replaces
            ? "the file is now empty, and replacing its older version would remove all of that version's rows "
                + "(onChange: replace, onRewrite: replace, or replay --replace): they stay; ingest undo removes them on purpose"
            : null;

    /// <summary>Makes the file's rows visible; runs in parallel with the steps of its loader.</summary>
    /// <param name="input">The open file, all of which is committed.</param>
    /// <param name="end">The end of the input.</param>
    /// <param name="sha256">SHA-256 of the stored bytes.</param>
    /// <param name="turn">Ends the wait, not the publication.</param>
    /// <returns>How the claim ended; null if the table was changed, and the file must be read again.</returns>
    public async Task<LoadResult?> PublishAsync(RecordInput input, long end, byte[]? sha256, CancellationToken turn)
    {
        var publication = new Publication
        {
            Claim = _claim,
            Plan = _target!,
            Stage = _plan!.Table,
            Input = input,
            CanReadAgain = !PipeInput.IsOne(_claim.File.Path),
            ReplacesTable = _context.Options.Write == WriteMode.ReplaceTable,
            Older = _replaces ? RowProvenance.Of(_context.Options) : null,
            Limits = _limits,
            End = end,
            Unit = input.Unit,
            Sha256 = sha256,
        };
        _publishing ??= Task.Run(() => new StagePublisher(_context.PublishSource, _context.Health,
            _context.Files).RunAsync(publication, _stop.Token), _stop.Token);
        var result = await _publishing.WaitAsync(turn);
        _publishing = null;
        switch (result.Kind)
        {
            case PublicationKind.Published:
                await SweepAsync();
                return _ending.Loaded(result.Totals);
            case PublicationKind.Fenced:
                return _ending.Fenced();
            case PublicationKind.Stale:
                return null;
            case PublicationKind.Abandoned:
                return await AbandonAsync(result, publication);
            default:
                return await _ending.FailAsync(result.Reason!);
        }
    }

    async Task<LoadResult> AbandonAsync(PublicationResult result, Publication file)
    {
        var rejects = result.Rejects ?? [];
        var reason = rejects is [var first, ..]
            ? $"{result.Reason}. The first record that the server refused: {RejectTally.TextOf(first)}" : result.Reason!;
        var ended = await _ending.QuarantineAsync(reason, async (connection, token) =>
        {
            if (rejects.Count == 0) return;
            await using var batch = new NpgsqlBatch(connection);
            RejectStatements.Add(batch, [(new RejectOrigin(_claim, file.Plan, file.Input), rejects)]);
            await batch.ExecuteNonQueryAsync(token);
            // A replay would load them without the rest of the abandoned file.
            await RejectClosing.CloseOwnAsync(connection, _claim.FileId, RejectStates.Ignored, token);
        });
        await SweepAsync();
        return ended;
    }

    /// <summary>Drops the tables of finished stages at once, if they are not locked; otherwise the retention service drops them
    /// later.</summary>
    public async Task SweepAsync()
    {
        try
        {
            await StageLedger.SweepAsync(_context.DataSource, _ending.Stop);
        }
        catch (Exception failure) when (failure is NpgsqlException or IOException or TimeoutException)
        {
            EngineLog.RetentionFailed(_context.Logger, failure.Message);
        }
    }

    /// <summary>Waits for a running publication, so that a file is returned only when it is known whether it is
    /// loaded.</summary>
    public Task WhenPublishedAsync(CancellationToken cancellationToken) =>
        _publishing is { } publishing ? Task.WhenAny(publishing).WaitAsync(cancellationToken) : Task.CompletedTask;

    /// <summary>Cancels a publication; the file must stay open until the returned task has ended. Null if none is
    /// running.</summary>
    public Task? Stop()
    {
        _stop.Cancel();
        return _publishing is { IsCompleted: false } publishing ? publishing : null;
    }

    /// <inheritdoc/>
    public void Dispose() => _stop.Dispose();
}
