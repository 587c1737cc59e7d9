using System.Security.Cryptography;
using OrleansIngest.Engine.Formats.Csv;
using OrleansIngest.Engine.Sources;
using OrleansIngest.Engine.Sources.FileSystem;

namespace OrleansIngest.Engine.Tests.Formats.Csv;

public sealed class ContentHashPiecesTests : IDisposable
{
    readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(3, 3)]
    [InlineData(1_000_000, 7)]
    [InlineData(1_000_001, 7)]
    public void ReadTo_PieceByPiece_IsTheHashOfTheWhole(int size, int pieces)
    {
        var bytes = new byte[size];
        new Random(pieces).NextBytes(bytes);
        File.WriteAllBytes(_path, bytes);
        using var content = new FileContent(_path);
        using var hash = new ContentHash();

        for (long end = Math.Max(1, size / pieces); hash.UpTo < size; end += Math.Max(1, size / pieces))
        {
            hash.ReadTo(content, Math.Min(end, size)).ShouldBeTrue();
            hash.UpTo.ShouldBe(Math.Min(end, size));
        }

        hash.Finish(content, size).ShouldBe(SHA256.HashData(bytes));
    }

    [Fact]
    public void ReadTo_FileBecameShorter_IsFalse()
    {
        File.WriteAllText(_path, "1234");
        using var content = new FileContent(_path);
        using var hash = new ContentHash();

        hash.ReadTo(content, 4).ShouldBeTrue();
        hash.ReadTo(content, 5).ShouldBeFalse();
        hash.Finish(content, 6).ShouldBeNull();
    }
}
