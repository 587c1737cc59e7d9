namespace OrleansIngest.Monitor.Pages;

/// <summary>A file of the pages, as it is sent.</summary>
/// <param name="ContentType">With its charset.</param>
/// <param name="Content">As it is.</param>
/// <param name="Brotli">Compressed; null when that is no gain.</param>
/// <param name="Gzip">The same for browsers that do not take Brotli: those that come without
/// TLS. Null when that is no gain.</param>
/// <param name="ETag">Quoted, of the content.</param>
sealed record StaticPage(string ContentType, byte[] Content, byte[]? Brotli, byte[]? Gzip, string ETag);
