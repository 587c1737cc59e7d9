using System.Security.Cryptography;
using System.Text;
using Npgsql;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Ledger.Views;

namespace OrleansIngest.Commands.Queries;

/// <summary>Names an issue in the terminal, such as <c>ad60ae7ed257119c-7f3a</c>: its key, which several pipelines and tables can
/// share, and a mark of its pipeline and table.</summary>
/// <param name="Key">As in <c>corrupt_records.issue</c>.</param>
/// <param name="Mark">4 hexadecimal digits; null if only the key is given, as the REST API and the pages name issues.</param>
readonly record struct IssueId(long Key, string? Mark)
{
    /// <summary>The id of an issue.</summary>
    public static string Of(RejectIssue issue) => $"{issue.Id}-{MarkOf(issue)}";

    /// <summary>Parses an id.</summary>
    /// <exception cref="CliException">It is not one.</exception>
    public static IssueId Parse(string text)
    {
        var parts = text.Split('-');
        if (parts.Length <= 2 && RejectIssue.TryParseId(parts[0], out var key)
            && (parts.Length == 1 || (parts[1].Length == 4 && parts[1].All(char.IsAsciiHexDigit))))
            return new IssueId(key, parts.Length == 1 ? null : parts[1].ToLowerInvariant());
        throw CliException.Usage(
            $"--issue must be an ID from ingest rejects --issues, 16 hexadecimal digits and a mark such as -7f3a, not {text}");
    }

    /// <summary>The filter, which selects the rejects of this issue only.</summary>
    /// <param name="filter">Selects among its rejects.</param>
    /// <param name="dataSource">The database.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="CliException">Several issues have this id.</exception>
    public async Task<RejectFilter> ApplyAsync(
        RejectFilter filter, NpgsqlDataSource dataSource, CancellationToken cancellationToken)
    {
        filter = filter with { Issue = Key };
        var mark = Mark;
        var all = (await new RejectIssueViews(dataSource).ListAsync(filter, MostIssues, cancellationToken)).Items;
        var meant = mark is null ? all : [.. all.Where(issue => MarkOf(issue) == mark)];
        if (meant.Count > 1)
        {
            var ids = meant.Select(issue => $"{Of(issue)} (pipeline {issue.Pipeline}, table {issue.Table ?? "unknown"})");
            throw CliException.Usage(
                $"--issue {RejectIssue.IdOf(Key)} is the key of several issues: use one of {string.Join(", ", ids)}");
        }

        return meant.Count == 1 ? filter with { Pipeline = meant[0].Pipeline, Table = meant[0].Table }
            : mark is null ? filter : filter with { Ids = [] };
    }

    /// <summary>Pipelines and tables that can share a key: far more than any ledger has.</summary>
    const int MostIssues = 1000;

    static string MarkOf(RejectIssue issue) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{issue.Pipeline}\n{issue.Table}")), 0, 2);
}
