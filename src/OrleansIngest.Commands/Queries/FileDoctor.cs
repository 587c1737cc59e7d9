using System.Text.Json;
using System.Text.Json.Nodes;
using Npgsql;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Examination;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Views;

namespace OrleansIngest.Commands.Queries;

/// <summary>The problem of a file and its remedy, as on its page.</summary>
static class FileDoctor
{
    /// <summary>Examines a quarantined or failed file; null for any other, and for one whose file system does not
    /// answer.</summary>
    public static async Task<Diagnosis?> ExamineAsync(
        FileDetail file, NpgsqlDataSource dataSource, TimeProvider time, CancellationToken cancellationToken)
    {
        if (file.Status is not ("quarantined" or "failed")) return null;
        var store = new PipelineStore(dataSource);
        var examiner = new FileExaminer(dataSource,
            async (name, token) => await store.FindAsync(name, token) is null ? null : OptionPlace.Database, time);
        try
        {
            return (await examiner.ExamineAsync(new FileId(file.Id), cancellationToken))?.Diagnosis;
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    /// <summary>For the table of facts: both sentences, and what to run.</summary>
    public static IEnumerable<(string Name, string? Value)> Facts(Diagnosis? diagnosis)
    {
        if (diagnosis is null) yield break;
        yield return ("problem", diagnosis.Problem);
        yield return ("remedy", diagnosis.Advice);
        foreach (var remedy in diagnosis.Remedies.Where(r => r.Verb is null && (r.Sql ?? r.Copy) is not null).Take(3))
        {
            if (remedy.Sql is { } sql) yield return ("SQL", sql);
            if (remedy.Copy is { } options) yield return (remedy.Sql is null ? "options" : "then options", options);
        }

        if (diagnosis.Alike is { Count: > 0 } alike)
            yield return ("same problem", $"{Counted.Of(alike.Count, "other file")} of the pipeline");
    }

    /// <summary>The file as JSON, with its diagnosis.</summary>
    public static string Json(FileDetail file, Diagnosis? diagnosis)
    {
        if (diagnosis is null) return ReadableJson.Of(file, ViewJson.Default.FileDetail);
        var json = JsonSerializer.SerializeToNode(file, ViewJson.Default.FileDetail)!.AsObject();
        json["diagnosis"] = JsonSerializer.SerializeToNode(diagnosis, ExaminationJson.Default.Diagnosis);
        return ReadableJson.Of(json);
    }
}
