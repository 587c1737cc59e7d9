namespace OrleansIngest.Engine.Targets.Postgres.Encoders;

/// <summary>json and jsonb: the text, if the server's parser certainly accepts it, because an invalid
/// one fails the whole COPY.</summary>
sealed class JsonEncoder : ColumnEncoder
{
    readonly bool _binary;

    JsonEncoder(bool binary) => _binary = binary;

    public static JsonEncoder Json { get; } = new(binary: false);

    public static JsonEncoder Jsonb { get; } = new(binary: true);

    public override int Encode(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        var outcome = new JsonChecker(text, _binary).Check();
        if (outcome < 0)
            return outcome;
        if (!_binary)
        {
            text.CopyTo(destination);
            return text.Length;
        }

        destination[0] = 1; // version of jsonb's binary form
        text.CopyTo(destination[1..]);
        return text.Length + 1;
    }

    public override string Explain(ReadOnlySpan<byte> text) => ServerText.InvalidSyntax("json", text);
}
