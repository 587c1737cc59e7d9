using System.IO.Compression;
using System.Text;
using DuckDB.NET.Data;
using ZstdSharp;

namespace OrleansIngest.Crash.Tests;

/// <summary>A kind of file that has to be decoded, and how one is made.</summary>
/// <param name="Suffix">Behind the name of the plain file.</param>
/// <param name="LedgerFiles">How many files of the ledger one of them becomes: an archive is one, and so is each of its
/// files.</param>
/// <param name="Pack">Makes one from a header and records.</param>
sealed record PackedFile(string Suffix, int LedgerFiles, Func<string, string[], byte[]> Pack)
{
    const int Pieces = 8;

    /// <summary>SQL that makes the record's line of what is kept of a rejected one. Default: that is its line.</summary>
    public string LineOfRaw { get; private init; } = "raw_record";

    /// <summary>Of several members, so that there are restart points.</summary>
    public static PackedFile Gzip { get; } = new(".gz", 1, (header, lines) => [.. Parts(header, lines).SelectMany(Compressed)]);

    /// <summary>Of several frames.</summary>
    public static PackedFile Zstd { get; } = new(".zst", 1, (header, lines) => [.. Parts(header, lines).SelectMany(ZstdFrame)]);

    /// <summary>With two files.</summary>
    public static PackedFile Zip { get; } = new(".zip", 3, (header, lines) =>
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            var half = lines.Length / 3;
            foreach (var (name, part) in new[] { ("a.csv", lines[..half]), ("b.csv", lines[half..]) })
            {
                using var entry = zip.CreateEntry(name).Open();
                entry.Write(Encoding.UTF8.GetBytes(header + string.Concat(part)));
            }
        }

        return bytes.ToArray();
    });

    /// <summary>A table of texts, in row groups.</summary>
    public static PackedFile Parquet { get; } = new(".parquet", 1, (header, lines) =>
    {
        var path = Path.Combine(Path.GetTempPath(), $"ingest-{Guid.NewGuid():N}");
        try
        {
            File.WriteAllText(path, header + string.Concat(lines));
            using var connection = new DuckDBConnection("DataSource=:memory:");
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText =
                $"COPY (FROM read_csv('{path}', all_varchar = true, header = true)) TO '{path}.parquet' (FORMAT parquet, "
                    + "ROW_GROUP_SIZE 4096)";
            command.ExecuteNonQuery();
            return File.ReadAllBytes(path + ".parquet");
        }
        finally
        {
            File.Delete(path);
            File.Delete(path + ".parquet");
        }
    })
    {
        LineOfRaw = """
            (raw_record::json ->> 'file') || ',' || (raw_record::json ->> 'id') || ',"'
                || replace(raw_record::json ->> 'note', '"', '""') || '"'
            """,
    };

    static IEnumerable<byte[]> Parts(string header, string[] lines) =>
        lines.Chunk(lines.Length / Pieces + 1)
            .Select((part, i) => Encoding.UTF8.GetBytes((i == 0 ? header : "") + string.Concat(part)));

    static byte[] Compressed(byte[] part)
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(part);
        return bytes.ToArray();
    }

    static byte[] ZstdFrame(byte[] part)
    {
        using var zstd = new Compressor(1);
        return zstd.Wrap(part).ToArray();
    }
}
