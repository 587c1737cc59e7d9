namespace OrleansIngest.Engine.Loading;

/// <summary>Whether a loader must be called again.</summary>
public enum LoadStep
{
    /// <summary>There is more to do: call again.</summary>
    More,

    /// <summary>The claim has ended; <see cref="FileLoader.Result"/> says how.</summary>
    Done,
}
