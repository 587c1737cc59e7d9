using System.Globalization;
using System.Text.Json.Nodes;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Ledger.Views;
using OrleansIngest.Engine.Loading;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Sources;
using Settings = System.Collections.Generic.IReadOnlyList<OrleansIngest.Engine.Examination.OptionSetting>;

namespace OrleansIngest.Engine.Examination;

/// <summary>Diagnoses a quarantined or failed file and suggests remedies. A pure function of the findings.</summary>
/// <param name="file">The file.</param>
/// <param name="evidence">What the ledger knows about it.</param>
/// <param name="trial">The result of trying to load it now.</param>
/// <param name="place">Where options of its pipeline can be set; null for nowhere.</param>
sealed class Doctor(FileRow file, FileEvidence evidence, Trial trial, OptionPlace? place)
{
    const string Damaged = "Deliver the file again, complete and undamaged, or skip this version.";
    const string NoRight = "Give the user of this program permission to read the file, then retry it.";
    const string Stopped = "Find the cause in the logs of the crashed nodes (such as too little memory), then retry the file.";

    const int LongestStatement = 160;

    PipelineOptions Options => trial.Options;

    /// <summary>The diagnosis.</summary>
    /// <param name="settings">Options with which it would be loaded.</param>
    /// <param name="sql">Statements that would make the table match the file, with the options that they need.</param>
    /// <param name="whole">The predicted result of loading all of it; null if that was not tried.</param>
    public Diagnosis Diagnose(IReadOnlyList<Settings> settings, IReadOnlyList<SqlRemedy> sql, DryRunResult? whole)
    {
        if (trial.Source == SourceState.Gone)
            return Of(trial.Note!, "Deliver the file again, or skip this version.", Verb("skip"));
        if (trial.Fault == TrialFault.Source) return Unreadable();
        if (trial.Fault != TrialFault.None) return OfTrial(settings, sql);
        if (whole?.Refusal is { } refusal) return Of(Sentence.Of(refusal), Damaged, Verb("skip"), Verb("retry"));
        if (evidence.SetAsideBy is { } who)
            return Of($"The file was quarantined by {who}.", "Retry the file to load it, or skip it.", Verb("retry"),
                Verb("skip"));
        if (evidence.IsHeld)
        {
            return Of(
                "The file has changed after an older version of it was loaded, and onChange is quarantine.",
                "Retry the file to add all rows of this version, or skip it to leave this version out.",
                Verb("retry"), Verb("skip"));
        }

        if (evidence.OwnerDeaths > 0 && evidence.OwnerDeaths >= Options.MaxOwnerDeaths)
        {
            var workers = Counted.Of(evidence.OwnerDeaths, "consecutive worker");
            return Of($"{workers} crashed while loading this file.", Stopped, Verb("retry"), Verb("skip"));
        }

        if (HasLimits && IsRejecting(whole)) return OfRejects(settings, whole);
        return Loadable(whole);
    }

    Diagnosis Unreadable() => PipeInput.IsOne(file.Path)
        ? Of(trial.Note!, "Load what is missing from its source, then skip this file.", Verb("skip"))
        : Of(trial.Note ?? Sentence.Of(trial.Message!), NoRight, Verb("retry"), Verb("skip"));

    Diagnosis OfTrial(IReadOnlyList<Settings> settings, IReadOnlyList<SqlRemedy> sql)
    {
        // A column that the table lacks is a more likely cause than a policy that forbids it.
        var options = settings.Select(SetOptions).ToArray();
        var statements = sql.Select(RunStatement).ToArray();
        var isPolicy = options is [{ Options: [{ Name: "extraColumns" or "missingColumns" }, ..] }, ..];
        var sqlFirst = isPolicy || trial.Fault is TrialFault.Table or TrialFault.NoTable;
        Remedy[] found = sqlFirst ? [.. statements, .. options] : [.. options, .. statements];
        var advice = found is [var first, ..]
            ? first.Sql is { } statement
                ? first.Options is { } also
                    ? $"Run {OneLine(statement)}, {Lower(Setting(also))} in pipeline {file.Pipeline}, and retry the file."
                    : $"Run {OneLine(statement)} and retry the file."
                : $"{first.Title} in pipeline {file.Pipeline}, then retry the file."
            : trial.Fault switch
            {
                TrialFault.Content => "Deliver the file again, undamaged and of the right kind, or skip it.",
                TrialFault.Table => "Change the table or the pipeline, then retry the file.",
                _ => "Correct the file and deliver it again, or skip it.",
            };
        // A retry does not repair damaged content, so it comes last.
        var isLost = found is [] && trial.Fault == TrialFault.Content;
        return Of(Sentence.Of(trial.Message!), advice,
            [.. found, Verb(isLost ? "skip" : "retry"), Verb(isLost ? "retry" : "skip")]);
    }

    bool HasLimits => Options is not { MaxRejected: null, MaxRejectedPercent: null, MaxRejectedInRow: null };

    /// <summary>If the whole file was tried and nothing of it is rejected now, earlier rejects count only if they are of a kind
    /// that just the server finds.</summary>
    bool IsRejecting(DryRunResult? whole) => whole is null or { Rejected: 0 }
        ? evidence.Rejects > 0 && (whole is null || evidence.TopReason is null or RejectReason.Constraint)
        : true;

    Diagnosis OfRejects(IReadOnlyList<Settings> settings, DryRunResult? whole)
    {
        var (rejected, all) = whole is { Rejected: > 0 } ? (whole.Rejected, whole.Good + whole.Rejected) : (evidence.Rejects, 0);
        var where = evidence.TopColumn is null ? "" : $" in {evidence.TopColumn}";
        var top = evidence.TopReason is null ? "" : $" (most: {evidence.TopReason}{where})";
        var remedies = settings.Select(SetOptions).ToArray();
        // Raising a limit solves nothing: it is mentioned for those who accept the rejects, and never applied with a click.
        var limits = rejected < all ? LimitsFor(rejected, all) : [];
        var advice = remedies is [var first, ..]
            ? $"{first.Title} in pipeline {file.Pipeline}, then retry the file."
            : $"Correct {Counted.Of(rejected, "record")}{top} and deliver the file again."
                + (limits.Count == 0 ? "" : $" To load the other records without these, {Lower(Setting(limits))} in pipeline "
                    + $"{file.Pipeline} and retry the file.");
        return Of(Sentence.Of(file.Reason ?? "Too many records were rejected"), advice,
            [.. remedies, Verb(remedies.Length > 0 ? "retry" : "skip"), Verb(remedies.Length > 0 ? "skip" : "retry")]);
    }

    /// <summary>The thresholds that would admit the file: a new value for each that it exceeds.</summary>
    List<OptionSetting> LimitsFor(long rejected, long all)
    {
        var limits = new List<OptionSetting>();
        if (Options.MaxRejected is { } most && rejected > most)
            limits.Add(OptionSetting.Of("maxRejected", JsonValue.Create(rejected)));
        if (Options.MaxRejectedPercent is { } percent && 100m * rejected > (decimal)percent * all)
            limits.Add(OptionSetting.Of("maxRejectedPercent", JsonValue.Create(Math.Ceiling(100m * rejected / all))));
        if (Options.MaxRejectedInRow is { } inRow && rejected > inRow)
            limits.Add(OptionSetting.Of("maxRejectedInRow", JsonValue.Create(rejected)));
        return limits;
    }

    /// <summary>Nothing was found that prevents it from being loaded.</summary>
    Diagnosis Loadable(DryRunResult? whole)
    {
        var tried = whole is null
            ? "The file can be read now, and its columns match the table"
            : $"The file can be loaded now: {Counted.Of(whole.Good, "row")}, {Counted.Of(whole.Rejected, "reject")}";
        var isWaiting = file.Status == "failed" && file.NextAttemptAt is not null;
        var next = isWaiting ? "it will be retried automatically, or at once with retry." : "retry it.";
        var reason = Sentence.Of(file.Reason ?? file.Error ?? "The reason is unknown");
        return Of(reason, $"{tried}; {next}", Verb("retry"), Verb("skip"));
    }

    static Diagnosis Of(string problem, string advice, params IEnumerable<Remedy?> remedies) =>
        new(problem, advice, [.. remedies.OfType<Remedy>()]);

    /// <summary>Null if the verb would change nothing now.</summary>
    Remedy? Verb(string verb) => !file.Actions.Contains(verb) ? null : new Remedy
    {
        Title = verb == "retry" ? "Retry the file" : "Skip this version of the file",
        Verb = verb,
        Copy = string.Create(CultureInfo.InvariantCulture, $"ingest {verb} {file.Id}"),
        CanApply = true,
    };

    static string Setting(Settings settings) => $"Set {string.Join(" and ", settings.Select(s => $"{s.Name} to {s.Shown}"))}";

    static string Lower(string sentence) => $"{char.ToLowerInvariant(sentence[0])}{sentence[1..]}";

    /// <summary>Options that only help after a statement are not set before someone has run it.</summary>
    Remedy RunStatement(SqlRemedy remedy) => remedy.Options.Count == 0
        ? new Remedy { Title = "Run this SQL statement, then retry the file", Sql = remedy.Sql }
        : new Remedy
        {
            Title = $"Run this SQL statement, {Lower(Setting(remedy.Options))}, then retry the file",
            Sql = remedy.Sql,
            Options = remedy.Options,
            Copy = CopyOf(remedy.Options),
        };

    string CopyOf(Settings settings) => place is { File: null }
        ? $"ingest pipeline edit {file.Pipeline}{string.Concat(settings.Select(Argument))}"
        : OptionChange.Snippet(settings);

    Remedy SetOptions(Settings settings) => new()
    {
        Title = Setting(settings),
        Options = settings,
        Copy = CopyOf(settings),
        CanApply = place is not null && file.Actions.Contains("retry"),
        File = place?.File,
    };

    static string Argument(OptionSetting setting) => $" --set {ShellWord.Of($"{setting.Name}={setting.Shown}")}";

    static string OneLine(string sql)
    {
        var line = string.Join(' ', sql.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries)).TrimEnd(';');
        return line.Length <= LongestStatement ? line : $"{line[..LongestStatement]}…";
    }
}
