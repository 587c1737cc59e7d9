using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Codecs;

/// <summary>Turns stored bytes into the bytes that a format reads. Safe for concurrent use.</summary>
interface IContentCodec
{
    /// <summary>Its name in the ledger and in messages: <c>gzip</c>, <c>zstd</c>.</summary>
    string Name { get; }

    /// <summary>Whether stored content is of this kind, by its first bytes, never by its name.</summary>
    bool Recognizes(ReadOnlySpan<byte> head);

    /// <summary>Opens the decoded content.</summary>
    /// <param name="stored">Owned by the result from here on.</param>
    ByteContent Open(ByteContent stored);
}
