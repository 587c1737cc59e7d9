namespace OrleansIngest.Commands.Configuration;

/// <summary>Detects when the configuration on disk has changed and is stable again: an editor that saves in two steps, a file
/// that is renamed into place and a link that is switched are one change each.</summary>
/// <param name="read">Reads the current files; they are small, so their texts are compared and not their times.</param>
/// <param name="start">What is in force.</param>
/// <param name="time">For the rest.</param>
sealed class ConfigurationWatch(Func<ConfigurationTexts> read, ConfigurationTexts start, TimeProvider time)
{
    /// <summary>How often to look while nothing changes.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    /// <summary>How often to look at a change until it rests.</summary>
    public static readonly TimeSpan PeriodOfChange = TimeSpan.FromMilliseconds(250);

    /// <summary>A change must be stable for this long.</summary>
    public static readonly TimeSpan Settles = TimeSpan.FromMilliseconds(500);

    /// <summary>A file that is gone or empty is most likely about to be written.</summary>
    public static readonly TimeSpan GoneSettles = TimeSpan.FromSeconds(3);

    ConfigurationTexts _accepted = start;
    ConfigurationTexts? _seen;
    long _seenAt;

    /// <summary>When to poll again.</summary>
    public TimeSpan NextPoll => _seen is null ? Period : PeriodOfChange;

    /// <summary>Checks once.</summary>
    /// <returns>The texts, once for each stable change; else null.</returns>
    public ConfigurationTexts? Poll()
    {
        var now = read();
        if (now.Equals(_accepted))
        {
            _seen = null;
            return null;
        }

        if (!now.Equals(_seen)) (_seen, _seenAt) = (now, time.GetTimestamp());
        if (time.GetElapsedTime(_seenAt) < (IsHalf(now) ? GoneSettles : Settles)) return null;
        (_accepted, _seen) = (now, null);
        return now;
    }

    /// <summary>Whether a file that had text is now empty or gone.</summary>
    bool IsHalf(ConfigurationTexts now)
    {
        return IsLost(now.Main) && !IsLost(_accepted.Main) || now.Parts.Any(IsLost)
            || _accepted.Parts.Any(part => now.Parts.All(other => other.Path != part.Path));

        static bool IsLost(ConfigurationText file) => string.IsNullOrWhiteSpace(file.Text);
    }
}
