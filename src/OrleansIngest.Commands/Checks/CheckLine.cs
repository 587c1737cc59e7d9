namespace OrleansIngest.Commands.Checks;

/// <summary>One check.</summary>
/// <param name="Status">What came of it.</param>
/// <param name="Subject">What was looked at, such as <c>pipeline events</c>.</param>
/// <param name="Detail">What was found, and what would help.</param>
sealed record CheckLine(CheckStatus Status, string Subject, string Detail);
