using Npgsql;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Operators;

namespace OrleansIngest.Commands.Arguments;

/// <summary>Suggests the pipeline that a name that the ledger does not have probably means.</summary>
static class PipelineNames
{
    const string LoadPrefix = "load-";

    /// <summary>The refusal of a name.</summary>
    public static async Task<CliException> UnknownAsync(
        NpgsqlDataSource dataSource, string name, CancellationToken cancellationToken) =>
        new($"the ledger has no pipeline {name}{await MeantAsync(dataSource, name, cancellationToken)}");

    /// <summary>The answer of a verb that does not know a name, with the name that is probably meant.</summary>
    public static async Task<VerbResult> AddMeantAsync(
        NpgsqlDataSource dataSource, string name, VerbResult unknown, CancellationToken cancellationToken) =>
        unknown with { Message = unknown.Message + await MeantAsync(dataSource, name, cancellationToken) };

    /// <summary><c>; did you mean orders?</c>, or nothing.</summary>
    static async Task<string> MeantAsync(NpgsqlDataSource dataSource, string name, CancellationToken cancellationToken) =>
        Meant(name, await new PipelineLedger(dataSource).NamesAsync(cancellationToken)) is { } meant
            ? $"; did you mean {meant}?" : "";

    /// <summary>A pipeline of <c>ingest load --table orders</c> is called load-orders, one of a configuration probably orders:
    /// either is meant by the other where only one exists, then a similar name.</summary>
    internal static string? Meant(string wrong, IReadOnlyList<string> known) =>
        known.FirstOrDefault(name => name == LoadPrefix + wrong || LoadPrefix + name == wrong) ?? NearestName.Find(wrong, known);
}
