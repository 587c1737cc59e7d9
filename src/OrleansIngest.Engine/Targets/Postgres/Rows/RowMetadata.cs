using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using OrleansIngest.Engine.Pipelines.Metadata;
using OrleansIngest.Engine.Targets.Postgres.Encoders;

namespace OrleansIngest.Engine.Targets.Postgres.Rows;

/// <summary>The metadata of one file, encoded for appending to the fields of each of its rows. Safe for concurrent use: a lane
/// writes rows whose values the server has converted, while parsers write the next ones.</summary>
sealed class RowMetadata
{
    const int LongestNumber = 20;
    const int OnStack = 128;

    readonly Column[] _columns;
    readonly bool _isBinary;
    readonly (long Line, long Record, long Position)? _place;

    /// <param name="plan">The plan with the columns.</param>
    /// <param name="facts">The file.</param>
    /// <param name="place">The position of a single record that is read without its file; null for records that are read from the
    /// file. Default: null.</param>
    /// <exception cref="MetadataException">A value is not valid for its column.</exception>
    public RowMetadata(CopyPlan plan, FileFacts facts, (long Line, long Record, long Position)? place = null)
    {
        _isBinary = plan.IsBinary;
        _place = place;
        var filled = MetadataTexts.Fill([.. plan.Metadata.Select(column => column.Template)], facts);
        _columns = [.. plan.Metadata.Select((column, i) => new Column(column, filled[i], _isBinary))];
        MaxBytes = _columns.Sum(column => column.MaxBytes);
    }

    /// <summary>Maximum number of bytes for a row.</summary>
    public int MaxBytes { get; }

    /// <summary>The metadata of a file; null for a plan without any.</summary>
    public static RowMetadata? Of(CopyPlan plan, FileFacts facts, (long Line, long Record, long Position)? place = null) =>
        plan.Metadata.Count == 0 ? null : new RowMetadata(plan, facts, place);

    /// <summary>Writes the metadata after the fields of a row; returns its length.</summary>
    public int Write(Span<byte> row, long line, long record, long position)
    {
        if (_place is { } place) (line, record, position) = place;
        var length = 0;
        foreach (var column in _columns)
        {
            if (!_isBinary) row[length++] = (byte)'\t';
            length += column.Write(row[length..], line, record, position);
        }

        return length;
    }

    sealed class Column
    {
        readonly MetadataColumn _column;
        readonly bool _isBinary;
        readonly byte[]? _constant;
        readonly (byte[] Text, MetadataVariable Variable)[] _parts = [];
        readonly int _textBytes;

        public Column(MetadataColumn column, IReadOnlyList<MetadataPart>? parts, bool isBinary)
        {
            (_column, _isBinary) = (column, isBinary);
            if (parts is null || parts.All(part => part.Variable == MetadataVariable.Literal))
            {
                _constant = Encoded(parts is null ? null
                    : Encoding.UTF8.GetBytes(string.Concat(parts.Select(part => part.Text))));
                MaxBytes = _constant.Length + 1;
                return;
            }

            _parts = [.. parts.Select(part => (Encoding.UTF8.GetBytes(part.Text), part.Variable))];
            _textBytes = _parts.Sum(part => Math.Max(part.Text.Length, LongestNumber));
            MaxBytes = 5 + 2 * _textBytes + ColumnEncoder.Slack;
            Encoded("1"u8.ToArray(), isSample: true);
        }

        public int MaxBytes { get; }

        public int Write(Span<byte> row, long line, long record, long position)
        {
            if (_constant is not null)
            {
                _constant.CopyTo(row);
                return _constant.Length;
            }

            var length = 0;
            var whole = _textBytes <= OnStack ? stackalloc byte[OnStack] : new byte[_textBytes];
            foreach (var (text, variable) in _parts)
            {
                if (variable == MetadataVariable.Literal)
                {
                    text.CopyTo(whole[length..]);
                    length += text.Length;
                    continue;
                }

                var number = variable == MetadataVariable.Line ? line : variable == MetadataVariable.Record ? record : position;
                if (variable == MetadataVariable.Line && number == 0) return WriteNull(row);
                number.TryFormat(whole[length..], out var digits, default, CultureInfo.InvariantCulture);
                length += digits;
            }

            return WriteValue(whole[..length], row);
        }

        int WriteNull(Span<byte> row)
        {
            if (_isBinary)
            {
                BinaryPrimitives.WriteInt32BigEndian(row, -1);
                return 4;
            }

            "\\N"u8.CopyTo(row);
            return 2;
        }

        int WriteValue(ReadOnlySpan<byte> text, Span<byte> row)
        {
            if (!_isBinary) return CopyText.Escape(text, row);
            var bytes = _column.Encoder!.Encode(text, row[4..]);
            if (bytes < 0) throw Refused(text.ToArray());
            BinaryPrimitives.WriteInt32BigEndian(row, bytes);
            return 4 + bytes;
        }

        byte[] Encoded(byte[]? text, bool isSample = false)
        {
            if (text is null && _column.Column.NotNull)
            {
                throw new MetadataException(
                    $"column \"{_column.Column.Name}\" needs a value, but the file's name does not match the expression of "
                        + "its metadata");
            }

            var row = new byte[8 + 2 * (text?.Length ?? 0) + ColumnEncoder.Slack];
            if (text is null) return row[..WriteNull(row)];
            // Checked even if the server will read the text itself, because it would refuse every row.
            if (!_isBinary && _column.Encoder is { } encoder
                && encoder.Encode(text, new byte[text.Length + ColumnEncoder.Slack]) < 0) throw Refused(text);
            return isSample ? row : row[..WriteValue(text, row)];
        }

        MetadataException Refused(byte[] text) => new(
            $"metadata of column \"{_column.Column.Name}\" ({_column.Column.TypeName}): {_column.Encoder!.Explain(text)}");
    }
}
