using System.Buffers.Binary;
using OrleansIngest.Engine.Sources;
using Parquet;
using Parquet.Meta;

namespace OrleansIngest.Engine.Formats.Parquet;

/// <summary>Opens Parquet files, and reports why a file cannot be opened.</summary>
static class ParquetFile
{
    const int TailBytes = 8;

    /// <summary>Whether content is Parquet, by its first bytes; encrypted files too.</summary>
    public static bool Recognizes(ReadOnlySpan<byte> head) => head.StartsWith("PAR1"u8) || head.StartsWith("PARE"u8);

    /// <summary>Opens a file; reads only its metadata.</summary>
    /// <exception cref="LayoutException">It cannot be read as Parquet.</exception>
    public static ParquetReader Open(ByteContent content)
    {
        var length = content.Length
            ?? throw new LayoutException("a Parquet file is read from its end, which is not known while it is decompressed or "
                + "piped: store it uncompressed (Parquet files are compressed internally)");
        Span<byte> head = stackalloc byte[4];
        Span<byte> tail = stackalloc byte[TailBytes];
        if (length < 4 + TailBytes || !Fill(content, 0, head) || !Fill(content, length - TailBytes, tail))
            throw new LayoutException("the file is too short for Parquet");
        if (head.SequenceEqual("PARE"u8) || tail.EndsWith("PARE"u8)) throw Encrypted();
        if (!head.SequenceEqual("PAR1"u8) || !tail.EndsWith("PAR1"u8))
            throw new LayoutException("the Parquet marker is missing at the file's " + (head.SequenceEqual("PAR1"u8) ? "end: it "
                + "is truncated, or is still being written" : "start"));
        var footer = BinaryPrimitives.ReadUInt32LittleEndian(tail);
        if (footer > length - TailBytes - 4) throw new LayoutException($"the footer of the Parquet file cannot have {footer} "
            + $"bytes: the file is damaged; deliver it again");
        try
        {
            var reader = ParquetReader.CreateAsync(new ContentSeekStream(content, length)).GetAwaiter().GetResult();
            Check(reader);
            return reader;
        }
        catch (Exception failure) when (IsDecoding(failure))
        {
            throw new LayoutException($"the footer of the Parquet file cannot be read: {failure.Message}");
        }
    }

    /// <summary>Whether an exception means that the stored data does not decode; the library throws many kinds.</summary>
    public static bool IsDecoding(Exception failure) =>
        failure is not (SourceReadException or LayoutException or BrokenContentException or OperationCanceledException
            or OutOfMemoryException
            or ObjectDisposedException);

    /// <summary>The exception with which the input fails.</summary>
    public static BrokenContentException Broken(int group, string field, Exception failure) =>
        new($"row group {group + 1}, column {HeaderName.Shown(field)}: the data cannot be read: "
            + $"{failure.Message}", failure);

    static void Check(ParquetReader reader)
    {
        var meta = reader.Metadata!;
        if (meta.EncryptionAlgorithm is not null) throw Encrypted();
        foreach (var group in meta.RowGroups)
        {
            foreach (var chunk in group.Columns)
            {
                if (chunk.CryptoMetadata is not null || chunk.EncryptedColumnMetadata is not null || chunk.MetaData is null)
                    throw Encrypted();
                if (chunk.FilePath is not null)
                    throw new LayoutException("the columns of the Parquet file are stored in other files");
                // the library decodes them with each column, and fails for unknown types
                chunk.MetaData.Statistics = null;
                // The library mistakes the framed form of older Hadoop for plain LZ4, and would return garbage.
                if (chunk.MetaData.Codec is CompressionCodec.LZO or CompressionCodec.LZ4)
                    throw new LayoutException($"the Parquet file is compressed with {chunk.MetaData.Codec}, which is "
                        + $"deprecated and not read here; write it with zstd, snappy, gzip or LZ4_RAW");
            }
        }

        if (meta.RowGroups.Sum(group => group.NumRows) != meta.NumRows) throw new LayoutException("the row groups of the "
            + "Parquet file do not add up to its number of rows: the file is damaged; deliver it again");
    }

    static LayoutException Encrypted() => new("the Parquet file is encrypted, and keys are not supported; write it without "
        + "encryption");

    static bool Fill(ByteContent content, long offset, Span<byte> target)
    {
        while (target.Length > 0)
        {
            var read = content.Read(offset, target);
            if (read == 0) return false;
            target = target[read..];
            offset += read;
        }

        return true;
    }
}
