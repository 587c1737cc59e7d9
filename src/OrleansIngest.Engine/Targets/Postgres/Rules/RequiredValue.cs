namespace OrleansIngest.Engine.Targets.Postgres.Rules;

/// <summary>The value is neither NULL nor an empty text; row writers check
/// <see cref="RowRule.RequiresValue"/> before encoding.</summary>
sealed class RequiredValue : RowRule
{
    public override bool RequiresValue => true;

    public override bool Accepts(ReadOnlySpan<byte> text, ReadOnlySpan<byte> encoded) => !text.IsEmpty;

    public override string Explain(ReadOnlySpan<byte> text) => "a value is required, but the field is empty";
}
