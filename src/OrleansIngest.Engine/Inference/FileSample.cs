using System.Text;
using OrleansIngest.Engine.Codecs;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Loading;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Inference;

/// <summary>The first records of a file, as they are read.</summary>
public sealed record FileSample
{
    /// <summary>Maximum number of characters kept of a value.</summary>
    public const int LongestValue = 200;

    /// <summary>Maximum number of fields kept of a record.</summary>
    public const int MostFields = 200;

    /// <summary>The format that reads it, such as <c>csv</c>.</summary>
    public required string Format { get; init; }

    /// <summary>Whether its records have line numbers.</summary>
    public required bool HasLines { get; init; }

    /// <summary>The names of the fields; empty if there are none.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>The records in order, each with a value per field, cut to <see cref="LongestValue"/>; null for NULL.</summary>
    public required IReadOnlyList<SampledRecord> Records { get; init; }

    /// <summary>Reads the first records of a file, or of the first file in an archive.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How a pipeline would read it.</param>
    /// <param name="most">How many records to keep, from 1.</param>
    /// <exception cref="InvalidDataException">The file cannot be read with these options; the message says why.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Read permission is missing.</exception>
    public static FileSample Read(string path, PipelineOptions options, int most)
    {
        try
        {
            using var input = OpenedInput.OpenFirst(path, options);
            if (input.Refusal() is { } refusal) throw new InvalidDataException(refusal);
            var layout = input.Format.ReadLayout(input.Content, columns: null);
            var first = new RecordPosition(1, input.Format.HasLines ? 1 : 0);
            var records = input.Format.Open(input.Content, layout, new PositionSpan(0, PositionSpan.Open), first,
                new SampleReader(most));
            return new FileSample
            {
                Format = input.Format.Name,
                HasLines = input.Format.HasLines,
                Names = layout.IsByName ? [.. layout.Names.Take(MostFields)] : [],
                Records = records,
            };
        }
        catch (Exception failure) when (failure is LayoutException or BrokenContentException)
        {
            throw new InvalidDataException(failure.Message, failure);
        }
    }

    sealed class SampleReader(int most) : IRecordConsumer<IReadOnlyList<SampledRecord>>
    {
        public IReadOnlyList<SampledRecord> Use<TRecords>(TRecords records) where TRecords : struct, ITextRecords
        {
            var taken = new List<SampledRecord>();
            for (var kind = records.Read(); kind != RecordKind.End && taken.Count < most; kind = records.Read())
            {
                if (kind == RecordKind.Blank) continue;
                var line = records.Line > 0 ? records.Line : (long?)null;
                if (kind == RecordKind.Broken)
                {
                    taken.Add(new SampledRecord(line, [Text(records.Raw)], records.Fault.Detail));
                    continue;
                }

                var values = new string?[Math.Min(records.FieldCount, MostFields)];
                for (var i = 0; i < values.Length; i++)
                {
                    var field = records.Field(i);
                    values[i] = field.IsEmpty && records.IsNull(i) ? null : Text(field);
                }

                taken.Add(new SampledRecord(line, values, null));
            }

            records.Dispose();
            return taken;
        }

        /// <summary>Decodes no more bytes than that many characters can have.</summary>
        static string Text(ReadOnlySpan<byte> bytes)
        {
            var text = Encoding.UTF8.GetString(bytes[..Math.Min(bytes.Length, 4 * (LongestValue + 1))]).Replace('\0', '\uFFFD');
            return text.Length <= LongestValue ? text : ShortText.Of(text, LongestValue) + "…";
        }
    }
}

/// <summary>A record of a sample.</summary>
/// <param name="Line">Where it starts, from 1; null for a file without lines.</param>
/// <param name="Values">Its fields; for a broken record, its text alone.</param>
/// <param name="Fault">Why it is broken; null when it is not.</param>
public sealed record SampledRecord(long? Line, IReadOnlyList<string?> Values, string? Fault);
