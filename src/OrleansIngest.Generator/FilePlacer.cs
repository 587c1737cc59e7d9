namespace OrleansIngest.Generator;

/// <summary>Gives finished files their final names, at once or, on purpose, in two halves.</summary>
sealed class FilePlacer(GeneratorOptions options, string directory, TimeProvider time)
{
    const int CopyBytes = 64 << 10;
    readonly EventFile _file = new(options, Catalogue.Create(options.Seed));

    /// <summary>Writes the file with this number. On any failure nothing is left under the hidden name.</summary>
    public async Task<GeneratedFile> PlaceAsync(int number, CancellationToken cancellationToken)
    {
        var name = EventFile.Name(options, number);
        var hidden = Path.Combine(directory, $".{name}.tmp");
        var final = Path.Combine(directory, name);
        try
        {
            GeneratedFile written;
            using (var stream = new FileStream(hidden, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0))
                written = _file.Write(number, stream, cancellationToken);
            if (options.SlowWritePause is { } pause)
                await CopyInHalvesAsync(hidden, final, pause, cancellationToken);
            else
                File.Move(hidden, final, overwrite: true);
            return written with { PlacedAt = time.GetUtcNow() };
        }
        finally
        {
            File.Delete(hidden); // nothing to do when it was renamed
        }
    }

    async Task CopyInHalvesAsync(string from, string to, TimeSpan pause, CancellationToken cancellationToken)
    {
        await using var source = new FileStream(from, FileMode.Open, FileAccess.Read, FileShare.Read, CopyBytes);
        try
        {
            await using var stream = new FileStream(to, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
            await CopyAsync(source, stream, source.Length / 2, cancellationToken);
            await Task.Delay(pause, time, cancellationToken);
            await CopyAsync(source, stream, source.Length - source.Position, cancellationToken);
        }
        catch
        {
            File.Delete(to);
            throw;
        }
    }

    static async Task CopyAsync(FileStream source, FileStream destination, long bytes, CancellationToken cancellationToken)
    {
        var buffer = new byte[CopyBytes];
        while (bytes > 0)
        {
            var read = await source.ReadAsync(buffer.AsMemory(0, (int)Math.Min(bytes, CopyBytes)), cancellationToken);
            await destination.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            bytes -= read;
        }
    }
}
