using System.Globalization;
using OrleansIngest.Commands.Tables;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Ledger;

namespace OrleansIngest.Commands.Loading;

/// <summary>Reports why files of a load were not loaded, without filling the terminal.</summary>
static class FailedFiles
{
    const int MostReasons = 5;

    /// <summary>The files that were not loaded.</summary>
    public static IEnumerable<FileState> Of(IEnumerable<FileState> states) =>
        states.Where(state => state.Status != "loaded" && !state.IsRepeat);

    /// <summary>The first reasons in full, each once, and then how many files have others.</summary>
    /// <param name="states">All files of the load.</param>
    /// <param name="pipeline">Its pipeline.</param>
    public static IEnumerable<string> Lines(IReadOnlyList<FileState> states, string pipeline)
    {
        FileState[][] reasons = [.. Of(states).GroupBy(s => (s.Status, s.Reason, s.IsHeld)).Select(files => files.ToArray())];
        foreach (var files in reasons.Take(MostReasons)) yield return SafeText.Of(Line(files[0], files.Length - 1));
        FileState[] hidden = [.. reasons.Skip(MostReasons).SelectMany(files => files)];
        if (hidden.Length == 0) yield break;
        var status = string.Join(',', hidden.Select(state => state.Status).Distinct().Order(StringComparer.Ordinal));
        yield return string.Create(CultureInfo.InvariantCulture,
            $"and {hidden.Length:N0} more: ingest files --status {status} --pipeline {pipeline}");
    }

    static string Line(FileState file, int others) =>
        file.Path + (others > 0 ? $" and {Counted.Of(others, "other file")}" : "")
        + $": {file.Status}: {file.Reason ?? "another program is loading it; see ingest nodes"}" + HowToLoad(file, others > 0);

    /// <summary>The command that releases a file which <c>load</c> leaves alone, because an operator decided so.</summary>
    static string HowToLoad(FileState file, bool hasOthers)
    {
        var verb = file.Status == "ignored" ? "replay" : file.IsHeld ? "retry" : null;
        return verb is null ? ""
            : $". To load {(hasOthers ? "one of them" : "it")}: ingest {verb} {file.Path}, then repeat this command";
    }
}
