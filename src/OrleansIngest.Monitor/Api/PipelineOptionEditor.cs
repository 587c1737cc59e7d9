using System.Text;
using OrleansIngest.Engine.Examination;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Operators;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Sources.FileSystem;

namespace OrleansIngest.Monitor.Api;

/// <summary>Sets options of pipelines where they are configured: in the database, or in the configuration file of this machine if
/// every live silo reads that file.</summary>
sealed class PipelineOptionEditor(PipelineStore store, NodeConfigurations nodes, MonitorOptions monitor)
{
    /// <summary>Configuration files are written by people; a larger one is something else.</summary>
    const long LargestFile = 16 << 20;

    /// <summary>Where options of a pipeline can be set; null for nowhere.</summary>
    public async Task<OptionPlace?> FindAsync(string pipeline, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(pipeline, cancellationToken) is not null) return OptionPlace.Database;
        return await nodes.SharedFileAsync(monitor.Node, pipeline, cancellationToken) is { } path && IsWritable(path)
            ? new OptionPlace(path)
            : null;
    }

    /// <summary>Sets options. The silos notice the change within seconds.</summary>
    public async Task<VerbResult> SetAsync(
        string pipeline, IReadOnlyList<OptionSetting> options, OperatorAct act, CancellationToken cancellationToken)
    {
        var place = await FindAsync(pipeline, cancellationToken);
        if (place is { File: { } path }) return await SetInFileAsync(path, pipeline, options, act, cancellationToken);
        if (await store.FindAsync(pipeline, cancellationToken) is not { Config: { } config } kept
            || OptionChange.Apply(PipelineJson.Read(config), options) is not { } changed
            || PipelineStore.Check(changed, "").Count > 0)
        {
            return Refused($"These options cannot be set in the stored configuration of pipeline {pipeline}.");
        }

        var put = await store.PutAsync(changed, kept.Version, act, cancellationToken);
        return put.Outcome == VerbOutcome.Refused ? put with { Message = $"Pipeline {pipeline} {put.Message}." } : put;
    }

    async Task<VerbResult> SetInFileAsync(string path, string pipeline, IReadOnlyList<OptionSetting> options, OperatorAct act,
        CancellationToken cancellationToken)
    {
        try
        {
            var bytes = await File.ReadAllBytesAsync(path, cancellationToken);
            var mark = bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? Encoding.UTF8.Preamble.Length : 0;
            var text = Encoding.UTF8.GetString(bytes.AsSpan(mark));
            if (ConfigurationEdit.Apply(text, pipeline, options) is not { } changed)
                return Refused($"These options cannot be set in {path}. Edit the file, and retry.");
            FileRewrite.Write(path, [.. bytes.AsSpan(0, mark), .. Encoding.UTF8.GetBytes(changed)]);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return Refused($"{path} cannot be written: {failure.Message}");
        }

        var what = string.Join(", ", options.Select(option => $"set {option.Name} to {option.Shown}"));
        await nodes.NoteFileChangeAsync(pipeline, $"{what} in {path}", act, cancellationToken);
        return new VerbResult(VerbOutcome.Done, "");
    }

    /// <summary>A link is most likely managed by something else, such as a ConfigMap.</summary>
    static bool IsWritable(string path)
    {
        try
        {
            var file = new FileInfo(path);
            if (file.LinkTarget is not null || file.Length > LargestFile) return false;
            using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    static VerbResult Refused(string message) => new(VerbOutcome.Refused, message);
}
