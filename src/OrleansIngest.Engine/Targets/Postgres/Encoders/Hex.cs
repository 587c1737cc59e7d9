namespace OrleansIngest.Engine.Targets.Postgres.Encoders;

static class Hex
{
    /// <summary>0 to 15, or -1 for a character that is not a hexadecimal digit.</summary>
    public static int ValueOf(byte character)
    {
        var digit = (uint)(character - '0');
        if (digit <= 9)
            return (int)digit;
        var letter = (uint)((character | 0x20) - 'a');
        return letter <= 5 ? (int)letter + 10 : -1;
    }
}
