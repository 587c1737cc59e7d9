namespace OrleansIngest.Monitor.Drops;

/// <summary>An upload that is refused, with the answer.</summary>
/// <param name="status">As the status line.</param>
/// <param name="kind">For programs.</param>
/// <param name="title">The kind, for people.</param>
/// <param name="message">What is wrong, and what to do.</param>
sealed class UploadException(int status, string kind, string title, string message) : Exception(message)
{
    public int Status => status;

    public string Kind => kind;

    public string Title => title;
}
