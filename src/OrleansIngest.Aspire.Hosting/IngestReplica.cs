namespace Aspire.Hosting.ApplicationModel;

/// <summary>A further silo of the cluster, as a local process. Everything but its endpoint is what the first silo has when the
/// application starts.</summary>
sealed class IngestReplica(string name, OrleansIngestResource first)
    : ExecutableResource(name, first.Command, first.WorkingDirectory)
{
    /// <summary>Takes over what was said of the first silo, after this one was added too.</summary>
    public void Follow()
    {
        var own = Annotations.OfType<ExecutableAnnotation>().Last();
        (own.Command, own.WorkingDirectory) = (first.Command, first.WorkingDirectory);
        foreach (var annotation in first.Annotations.ToArray())
        {
            switch (annotation)
            {
                // Of its own, because Aspire keeps in them what the callback has answered.
                case EnvironmentCallbackAnnotation environment:
                    Annotations.Add(new EnvironmentCallbackAnnotation(environment.Callback));
                    break;
                case CommandLineArgsCallbackAnnotation arguments:
                    Annotations.Add(new CommandLineArgsCallbackAnnotation(arguments.Callback));
                    break;
                case WaitAnnotation or ExplicitStartupAnnotation:
                    Annotations.Add(annotation);
                    break;
            }
        }
    }
}
