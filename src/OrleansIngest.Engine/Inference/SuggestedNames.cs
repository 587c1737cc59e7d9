using System.Security.Cryptography;
using System.Text;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Inference;

/// <summary>Names that a file or a table suggests.</summary>
public static class SuggestedNames
{
    const int HashLength = 6;

    /// <summary>The table for a file: <c>orders-2026-01-03.csv</c> becomes <c>orders</c>.</summary>
    /// <param name="file">Its name or path.</param>
    public static string Table(string file)
    {
        var name = Path.GetFileName(file);
        name = name[..(name.IndexOf('.', Math.Min(1, name.Length)) is var dot and > 0 ? dot : name.Length)];
        return SqlName.From(name.TrimEnd([.. "0123456789-_T"]), "table_1");
    }

    /// <summary>The pipeline for a table: <c>shop.Orders</c> becomes <c>orders</c>.</summary>
    public static string Pipeline(string table)
    {
        var name = new string([.. table[(table.LastIndexOf('.') + 1)..].ToLowerInvariant()
            .Where(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-')]);
        return name.Length == 0 ? "pipeline" : name;
    }

    /// <inheritdoc cref="PipelineNames.For"/>
    public static string PipelineFor(string verb, string table) => PipelineNames.For(verb, table);

    /// <summary>The same, but different for each table: names that would collide get a part of their hash.</summary>
    /// <param name="verb">As above.</param>
    /// <param name="table">Schema and name, quoted where SQL needs it.</param>
    public static string OwnPipelineFor(string verb, string table)
    {
        var plain = Plain(table);
        var isWhole = table.Length <= PipelineNames.LongestPart && table.Count(c => c == '.') <= 1
            && table.All(c => c == '.' || Plain($"{c}") == $"{c}");
        return isWhole ? $"{verb}-{plain}"
            : $"{verb}-{plain}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(table)))[..HashLength]}";
    }

    static string Plain(string table) => PipelineNames.Plain(table);
}
