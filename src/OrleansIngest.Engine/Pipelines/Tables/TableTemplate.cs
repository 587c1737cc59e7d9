using System.Text;
using System.Text.RegularExpressions;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Pipelines.Metadata;

namespace OrleansIngest.Engine.Pipelines.Tables;

/// <summary>A <c>table</c> that depends on the file, such as <c>staging.{folder}</c> or <c>{name:([a-z]+)-\d+}</c>. The
/// pipeline determines the schema. Only the name may come from a file, and is used literally, like a name in double quotes in
/// SQL.</summary>
public sealed class TableTemplate
{
    /// <summary>The schema of templates without one.</summary>
    public const string StandardSchema = "public";

    /// <summary>PostgreSQL truncates names to this many bytes of UTF-8: two longer names could become equal.</summary>
    const int MostBytes = 63;

    /// <summary>Schemas that must not be loaded into.</summary>
    static readonly string[] Taken = ["information_schema", "ingest", "ingest_stage", "orleans"];

    readonly string _text;
    readonly MetadataTemplate _name;

    TableTemplate(string text, string schema, MetadataTemplate name) => (_text, Schema, _name) = (text, schema, name);

    /// <summary>The schema as in SQL, quoted if the template quotes it.</summary>
    public string Schema { get; }

    /// <summary>Whether the table's name contains the name of the folder.</summary>
    public bool HasFolder => _name.Parts.Any(part => part.Variable == MetadataVariable.Folder);

    /// <summary>The groups that it refers to, but does not define.</summary>
    internal IEnumerable<string> Groups =>
        _name.Parts.Where(part => part.Variable == MetadataVariable.Group).Select(part => part.Text).Except(_name.Groups);

    /// <summary>Whether a <c>table</c> depends on the file, that is, has a brace.</summary>
    public static bool IsOne(string table) => table.AsSpan().IndexOfAny('{', '}') >= 0;

    /// <summary>Reads a template.</summary>
    /// <exception cref="FormatException">The text is invalid; the message says why.</exception>
    public static TableTemplate Parse(string text)
    {
        var dot = DotOf(text);
        var schema = dot < 0 ? StandardSchema : text[..dot].Trim();
        if (schema.Length == 0) throw new FormatException("has no schema before its dot");
        if (IsTaken(schema))
            throw new FormatException($"must not select tables of schema {schema}, which belongs to the database or the ledger");
        var name = MetadataTemplate.Parse(text[(dot + 1)..]);
        if (name.Parts.FirstOrDefault(IsOfNoName) is { } other)
            throw new FormatException(
                $"has {{{PipelineJson.NameOf(other.Variable)}}}, which cannot name a table: use folder, name or path");
        if (name.Parts.FirstOrDefault(
            part => part.Variable == MetadataVariable.Literal && part.Text.AsSpan().IndexOfAny('"', '.') >= 0) is not null)
        {
            throw new FormatException(dot < 0
                ? "must name its schema: only the table's name may depend on the file"
                : "must be schema.name, and the name without dots and double quotes: it is used as written, including capitals");
        }

        return new TableTemplate(text, schema, name);
    }

    static bool IsOfNoName(MetadataPart part) =>
        part.IsOfRecord || part.Variable is MetadataVariable.FileId or MetadataVariable.Version or MetadataVariable.Now;

    /// <summary>The table of a file.</summary>
    /// <param name="pipeline">The template's pipeline: the template may refer to groups of its metadata's expressions.</param>
    /// <param name="path">Absolute path of the file.</param>
    /// <param name="archive">Path of the archive that contains it; null for a file outside archives.</param>
    /// <returns>The table as in SQL, or why there is none, human-readable.</returns>
    public (string? Table, string? Refusal) Of(PipelineOptions pipeline, string path, string? archive)
    {
        var folder = FolderOf(path, archive);
        if (HasFolder && pipeline.Watch.Any(root => IsRoot(root, folder)))
        {
            return (null,
                $"its folder does not determine a table (table: {_text}): it is in the watched directory itself; deliver it in a "
                + "subfolder named after its table");
        }

        try
        {
            var others = Groups.Any() ? pipeline.Metadata.Values.Select(MetadataTemplate.Parse) : [];
            MetadataTemplate[] templates = [_name, .. others];
            var facts = new FileFacts(path, FileId: 0, Version: 1, DateTimeOffset.UnixEpoch)
            { InFolder = Path.GetFileName(folder) };
            var parts = MetadataTexts.Fill(templates, facts)[0];
            var name = parts is null ? "" : string.Concat(parts.Select(part => part.Text));
            return WhyNot(name) is { } why
                ? (null, $"its name does not determine a table (table: {_text}): {why}")
                : ($"{Schema}.\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"", null);
        }
        catch (RegexMatchTimeoutException)
        {
            return (null, $"its name does not determine a table (table: {_text}): the regular expression takes too long on it");
        }
    }

    string? WhyNot(string name)
    {
        if (string.IsNullOrWhiteSpace(name)) return "it does not match";
        if (name.Any(c => char.IsControl(c) || c == '\uFFFD')) return "it would contain characters that a name should not have";
        if (Encoding.UTF8.GetByteCount(name) is var bytes && bytes > MostBytes)
            return $"\"{name}\" has {Counted.Of(bytes, "byte")}, but a table name can have at most {MostBytes}";
        return name == "corrupt_records" && Folded(Schema) == StandardSchema
            ? "corrupt_records is the table of rejected records" : null;
    }

    /// <summary>The directory of a file; for a file at the top of an archive, the directory of the archive.</summary>
    static string FolderOf(string path, string? archive)
    {
        var folder = Path.GetDirectoryName(path) ?? "/";
        return archive is not null && folder.Length == archive.Length + 1 && folder.StartsWith(archive, StringComparison.Ordinal)
            ? Path.GetDirectoryName(archive) ?? "/"
            : folder;
    }

    /// <summary>A directory that matches a pattern is not a root: its own name may determine the table.</summary>
    static bool IsRoot(string root, string folder) =>
        Path.IsPathFullyQualified(root) && Path.TrimEndingDirectorySeparator(Path.GetFullPath(root)) == folder;

    static bool IsTaken(string schema) => Folded(schema) is var name
        && (name.StartsWith("pg_", StringComparison.Ordinal) || Taken.Contains(name));

    static string Folded(string schema) =>
        schema.Length > 2 && schema[0] == '"' && schema[^1] == '"'
            ? schema[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal) : schema.ToLowerInvariant();

    /// <summary>The dot between schema and name: the first one outside of quotes and braces.</summary>
    static int DotOf(string text)
    {
        var isQuoted = false;
        for (var i = 0; i < text.Length && (isQuoted || text[i] is not ('{' or '}')); i++)
        {
            if (text[i] == '"') isQuoted = !isQuoted;
            if (text[i] == '.' && !isQuoted) return i;
        }

        return -1;
    }
}
