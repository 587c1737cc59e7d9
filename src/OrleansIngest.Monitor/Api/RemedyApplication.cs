using System.Text.Json;
using OrleansIngest.Engine.Examination;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Operators;
using OrleansIngest.Engine.Ledger.Views;

namespace OrleansIngest.Monitor.Api;

/// <summary>Applies a remedy: sets options of a pipeline, in the database or in the configuration file of this machine, waits
/// until the silos have applied them, and retries the file.</summary>
sealed class RemedyApplication(
    FileExaminer examiner, FileViews files, OperatorLedger ledger, PipelineOptionEditor editor, NodeConfigurations nodes,
    TimeProvider time)
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(20), Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>Applies only what the examination proposes now: the file, the table or the
    /// pipeline may have changed since.</summary>
    public async Task<VerbResult> ApplyAsync(
        FileId file, IReadOnlyList<OptionSetting> options, OperatorAct act, CancellationToken cancellationToken)
    {
        if (await files.FindAsync(file, cancellationToken) is not { } row) return new VerbResult(VerbOutcome.Unknown, "");
        var examination = await examiner.ExamineAsync(file, cancellationToken);
        if (examination?.Diagnosis?.Remedies.Any(r => r.CanApply && r.Options?.SequenceEqual(options) == true) != true)
            return new VerbResult(VerbOutcome.Refused, "These options no longer fix the file. Reload the page of the file.");
        var put = await editor.SetAsync(row.Pipeline, options, act, cancellationToken);
        if (put.Outcome == VerbOutcome.Refused) return put;
        if (!await AreRunningAsync(row.Pipeline, options, cancellationToken))
        {
            return new VerbResult(
                VerbOutcome.Refused,
                "The options are set, but some silos have not applied them yet, so the file was not retried. "
                + "Retry it when the configuration page shows them for every silo.");
        }

        var retried = await ledger.ApplyAsync(FileVerb.Retry, file, act, cancellationToken);
        return retried.Outcome == VerbOutcome.Refused
            ? retried with { Message = $"The options are set. The file {retried.Message}." }
            : retried;
    }

    /// <summary>A silo with the old options would quarantine the file again.</summary>
    async Task<bool> AreRunningAsync(string pipeline, IReadOnlyList<OptionSetting> options, CancellationToken cancellationToken)
    {
        var since = time.GetTimestamp();
        while (true)
        {
            var running = (await nodes.ListAsync(cancellationToken)).Select(n => n.Pipelines.GetValueOrDefault(pipeline));
            if (running.OfType<RunningPipeline>().All(p => options.All(o => Has(p.Config, o)))) return true;
            if (time.GetElapsedTime(since) >= Patience) return false;
            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    static bool Has(JsonElement config, OptionSetting option)
    {
        foreach (var step in option.Name.Split('.'))
        {
            if (config.ValueKind != JsonValueKind.Object || !config.TryGetProperty(step, out config)) return false;
        }

        using var wanted = JsonDocument.Parse(option.Json);
        return JsonElement.DeepEquals(config, wanted.RootElement);
    }
}
