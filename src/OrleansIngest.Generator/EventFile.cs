using System.Security.Cryptography;

namespace OrleansIngest.Generator;

/// <summary>Writes the bytes of one file.</summary>
sealed class EventFile(GeneratorOptions options, Product[] products)
{
    const int BufferBytes = 256 << 10;
    static readonly int Kinds = Enum.GetValues<CorruptionKind>().Length;

    readonly RowEncoder _encoder = new(products);
    readonly byte[] _buffer = new byte[BufferBytes];

    /// <summary>The name of the file with this number.</summary>
    public static string Name(GeneratorOptions options, int number) => $"{options.Prefix}-{number:D6}.csv";

    /// <summary>Writes the file with this number, the same bytes each time.</summary>
    public GeneratedFile Write(int number, Stream destination, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var random = new SplitMix(unchecked((ulong)options.Seed * 0x9E3779B97F4A7C15 + (ulong)number));
        var start = options.Start.UtcTicks / TimeSpan.TicksPerMillisecond
            + (number - 1) * options.RowsPerFile * Shop.StepMilliseconds;
        var shop = new Shop(new SplitMix(random.Next()), products.Length, start);
        var tally = new FileTally();
        var (firstCorrupt, corrupt) = Quota(number, options.CorruptShare);
        var (_, blank) = Quota(number, options.CorruptShare / 10);
        long bytes = 0;
        RowEncoder.Header.CopyTo(_buffer);
        var at = RowEncoder.Header.Length;
        for (var left = options.RowsPerFile; left > 0; left--)
        {
            if (at > BufferBytes - RowEncoder.MaxLineBytes - 1)
                Flush();
            if (blank > 0 && random.Below(left) < blank)
            {
                _buffer[at++] = (byte)'\n';
                tally.BlankLines++;
                blank--;
            }

            shop.Next(out var happening);
            if (corrupt > 0 && random.Below(left) < corrupt)
            {
                var kind = (CorruptionKind)((firstCorrupt++ + (options.Seed & 0xFFFF)) % Kinds);
                at += CorruptLine.Write(kind, _encoder.Fields(happening), ref random, _buffer.AsSpan(at));
                tally.Corrupt(kind);
                corrupt--;
            }
            else
            {
                at += _encoder.Write(happening, _buffer.AsSpan(at));
                tally.Good(happening, products[happening.Product]);
            }
        }

        Flush();
        return tally.Finish(Name(options, number), number, options.Seed, bytes, hash.GetHashAndReset());

        void Flush()
        {
            cancellationToken.ThrowIfCancellationRequested();
            hash.AppendData(_buffer, 0, at);
            destination.Write(_buffer, 0, at);
            bytes += at;
            at = 0;
        }
    }

    /// <summary>This file's part of a share, so that all files together match the share exactly: how many precede this file, and
    /// how many it has.</summary>
    (long Before, long Here) Quota(int number, double share)
    {
        var before = Until(number - 1);
        return (before, Until(number) - before);

        // Rounded first: 300 × 0.01 must be 3, not 2.9999999999999996.
        long Until(int file) => (long)Math.Floor(Math.Round(file * (double)options.RowsPerFile * share, 6));
    }
}
