namespace OrleansIngest.Engine.Loading;

/// <summary>What a failure asks for.</summary>
enum FailureClass
{
    /// <summary>A row is to blame: find it and reject it.</summary>
    Row,

    /// <summary>The database, or the way to it, is: wait and try again, for as long as it takes.</summary>
    Wait,

    /// <summary>A file was claimed by somebody else: ask which, and go on with the others.</summary>
    Fence,

    /// <summary>None of these: the file fails with this message, and its attempts count.</summary>
    File,
}
