namespace OrleansIngest.Commands.Checks;

/// <summary>The checks made so far.</summary>
sealed class CheckList
{
    readonly List<CheckLine> _lines = [];

    public IReadOnlyList<CheckLine> Lines => _lines;

    public bool Passed => _lines.TrueForAll(line => line.Status != CheckStatus.Failed);

    public void Ok(string subject, string detail) => _lines.Add(new(CheckStatus.Ok, subject, detail));

    public void Warning(string subject, string detail) => _lines.Add(new(CheckStatus.Warning, subject, detail));

    public void Failed(string subject, string detail) => _lines.Add(new(CheckStatus.Failed, subject, detail));
}
