using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Loading;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Targets.Postgres.Commits;
using OrleansIngest.Engine.Targets.Postgres.Tables;
using Settings = System.Collections.Generic.IReadOnlyList<OrleansIngest.Engine.Examination.OptionSetting>;

namespace OrleansIngest.Engine.Examination;

/// <summary>Decides whether options would solve the problem of a file: it can be read, its columns match, and its records become
/// rows. If they do not because of the way in which numbers or dates are written, the options for that are added.</summary>
/// <param name="run">Tries options.</param>
/// <param name="failed">The current failure.</param>
sealed class RemedyTrial(TrialRun run, Trial failed)
{
    /// <summary>The trial with these options; null if they are invalid.</summary>
    public async Task<Trial?> TryAsync(Settings settings, CancellationToken cancellationToken) =>
        OptionChange.Apply(failed.Options, settings) is { } changed && changed.Validate("").Count == 0
            ? await run.RunAsync(changed, cancellationToken)
            : null;

    /// <summary>The settings, with whatever else the file needs; null if it could not be loaded with them.</summary>
    /// <param name="settings">Options to set.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <param name="isSure">Whether a single rejected record speaks against them. Default: no.</param>
    public async Task<Settings?> CompleteAsync(Settings settings, CancellationToken cancellationToken, bool isSure = false)
    {
        if (await TryAsync(settings, cancellationToken) is not { } trial) return null;
        if (trial.Fault == TrialFault.NoTable && failed.Fault is TrialFault.Content or TrialFault.Layout) return settings;
        if (trial.Fault != TrialFault.None) return null;
        if (trial.Table is null) return settings; // an archive, or a table that will be created
        var sample = await run.SampleAsync(trial.Options, altered: null, cancellationToken);
        if (sample.Refusal is not null || (isSure && sample.Rejected > 0)) return null;
        if (sample.Rejected == 0) return settings;
        var values = await ValuesAsync(trial, sample, cancellationToken);
        return values.Count > 0 ? [.. settings, .. values] : IsLoadable(trial.Options, sample) ? settings : null;
    }

    /// <summary>How numbers and dates are written, so that fewest records are rejected; empty if no other way is better than the
    /// present one, or good enough.</summary>
    /// <param name="trial">Without a fault.</param>
    /// <param name="sample">Its records as they would be loaded now.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async Task<Settings> ValuesAsync(Trial trial, DryRunResult sample, CancellationToken cancellationToken)
    {
        Settings best = [];
        var isBad = sample.ByReason.Keys.Any(r => r.StartsWith(RejectReason.BadValue, StringComparison.Ordinal));
        if (trial is not { Format: "csv", Binding.Columns: { } bound } || !isBad) return best;
        foreach (var values in ValueSettings.Of(trial.Options.Csv, [.. bound.Select(b => b.Column)]))
        {
            if (OptionChange.Apply(trial.Options, values) is not { } changed || changed.Validate("").Count > 0) continue;
            var other = await run.SampleAsync(changed, altered: null, cancellationToken);
            if (other.Refusal is not null || other.Rejected >= sample.Rejected || !IsLoadable(changed, other)) continue;
            (best, sample) = (values, other);
            if (sample.Rejected == 0) break;
        }

        return best;
    }

    /// <summary>Whether the table, changed in this way, would take the records.</summary>
    public async Task<bool> IsLoadableAsync(
        PipelineOptions options, Func<TargetTable, TargetTable> altered, CancellationToken cancellationToken) =>
        IsLoadable(options, await run.SampleAsync(options, altered, cancellationToken));

    /// <summary>A file whose records are all rejected is not loaded, whatever its status. The rejects of a sample are counted as
    /// if they were consecutive.</summary>
    static bool IsLoadable(PipelineOptions options, DryRunResult sample) =>
        sample.Refusal is null && (sample.Good > 0 || sample.Rejected == 0)
        && RejectLimits.Of(options).Beyond(sample.Good, sample.Rejected, sample.Rejected, left: 0) is null;
}
