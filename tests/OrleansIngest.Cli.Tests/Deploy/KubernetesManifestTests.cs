using k8s;
using k8s.Models;
using OrleansIngest.Cli.Commands;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Coordination;
using OrleansIngest.Silo;
using OrleansIngest.Testing;
using YamlDotNet.Serialization;

namespace OrleansIngest.Cli.Tests.Deploy;

/// <summary>The manifests of deploy/kubernetes, read by the Kubernetes client's own types, in which a name that
/// does not exist is an error.</summary>
public sealed class KubernetesManifestTests
{
    static readonly string Folder = Repository.Path("deploy/kubernetes");

    static readonly IReadOnlyList<object> All = [.. Directory.GetFiles(Folder, "*.yaml").Order(StringComparer.Ordinal)
        .Where(f => Path.GetFileName(f) != "kustomization.yaml")
        .SelectMany(f => KubernetesYaml.LoadAllFromString(File.ReadAllText(f), strict: true))];

    static V1Deployment Silo => All.OfType<V1Deployment>().Single(d => d.Metadata.Name == "silo");

    static IEnumerable<V1PodSpec> Pods => All.OfType<V1Deployment>().Select(d => d.Spec.Template.Spec)
        .Concat(All.OfType<V1Job>().Select(j => j.Spec.Template.Spec));

    [Fact]
    public void Every_manifest_is_of_a_known_kind() =>
        All.Select(m => m.GetType()).ShouldBe(
            [
                typeof(V1PersistentVolumeClaim), typeof(V1Job), typeof(V1Deployment), typeof(V1Service), typeof(V1Namespace),
                typeof(V1NetworkPolicy),
                typeof(V1Secret), typeof(V1Deployment), typeof(V1PodDisruptionBudget), typeof(V1Service),
            ],
            ignoreOrder: true);

    [Fact]
    public void A_name_that_does_not_exist_would_be_noticed() =>
        Should.Throw<Exception>(
            () => KubernetesYaml.LoadAllFromString("apiVersion: v1\nkind: Service\nmetadata: { name: x }\nspec: { prots: [] }\n",
                strict: true));

    [Fact]
    public void Every_container_runs_without_privileges_on_a_read_only_file_system()
    {
        foreach (var pod in Pods)
        {
            pod.SecurityContext.RunAsNonRoot.ShouldBe(true);
            pod.AutomountServiceAccountToken.ShouldBe(false);
            var container = pod.Containers.ShouldHaveSingleItem();
            container.SecurityContext.ReadOnlyRootFilesystem.ShouldBe(true, container.Name);
            container.SecurityContext.AllowPrivilegeEscalation.ShouldBe(false, container.Name);
            container.SecurityContext.Capabilities.Drop.ShouldBe(["ALL"], container.Name);
            container.Resources.Limits.ShouldContainKey("memory", container.Name);
        }
    }

    [Fact]
    public void Every_container_runs_a_command_that_the_program_has()
    {
        var root = new IngestCli(AllCommands.Create()).CreateRoot(CliRun.Surroundings(Path.GetTempPath()));
        foreach (var container in Pods.SelectMany(p => p.Containers))
            root.Parse([.. container.Args]).Errors.Select(e => e.Message).ShouldBeEmpty(container.Name);
    }

    [Fact]
    public void Silo_has_time_to_drain_the_addresses_of_its_pod_and_probes_that_exist()
    {
        var container = Silo.Spec.Template.Spec.Containers[0];

        TimeSpan.FromSeconds(Silo.Spec.Template.Spec.TerminationGracePeriodSeconds!.Value)
            .ShouldBeGreaterThan(new SiloOptions
            { Engine = new IngestNodeOptions { ConnectionString = "", Pipelines = [] } }.ShutdownTimeout);
        container.Env.Single(e => e.Name == "INGEST_ADVERTISE").ValueFrom.FieldRef.FieldPath.ShouldBe("status.podIP");
        container.ReadinessProbe.HttpGet.Path.ShouldBe("/health/ready");
        container.LivenessProbe.HttpGet.Path.ShouldBe("/health/live");
        container.Ports.Single(p => p.Name == "silo").ContainerPort.ShouldBe(new SiloOptions { Engine = null! }.SiloPort);
        container.Ports.Single(p => p.Name == "gateway").ContainerPort.ShouldBe(new SiloOptions { Engine = null! }.GatewayPort);
    }

    [Fact]
    public void Selectors_find_the_silos()
    {
        var labels = Silo.Spec.Template.Metadata.Labels;

        Silo.Spec.Selector.MatchLabels.ShouldBe(labels);
        All.OfType<V1PodDisruptionBudget>().Single().Spec.Selector.MatchLabels.ShouldBe(labels);
        All.OfType<V1NetworkPolicy>().Single().Spec.PodSelector.MatchLabels.ShouldBe(labels);
        foreach (var service in All.OfType<V1Service>())
        {
            var pods = All.OfType<V1Deployment>().Single(d => d.Metadata.Name == service.Metadata.Name).Spec.Template;
            service.Spec.Selector.ShouldBe(pods.Metadata.Labels, service.Metadata.Name);
            foreach (var port in service.Spec.Ports)
                pods.Spec.Containers[0].Ports.ShouldContain(p => p.Name == port.TargetPort.Value);
        }
    }

    [Fact]
    public void Kustomization_lists_everything_but_the_template_of_the_secret_which_holds_no_value()
    {
        var kustomization = new DeserializerBuilder().Build()
            .Deserialize<Dictionary<string, object>>(File.ReadAllText(Path.Combine(Folder, "kustomization.yaml")));
        var files = Directory.GetFiles(Folder, "*.yaml").Select(Path.GetFileName)
            .Except(["kustomization.yaml", "secret.template.yaml"]);

        ((List<object>)kustomization["resources"]).Cast<string>().Order(StringComparer.Ordinal)
            .ShouldBe(files.Order(StringComparer.Ordinal));
        All.OfType<V1Secret>().Single().StringData.Values.ShouldAllBe(v => v.Length == 0);
    }

    [Fact]
    public async Task Configuration_of_the_example_is_accepted_by_the_program()
    {
        var run = await CliRun.InAsync(Folder, "check", "--config", Path.Combine(Folder, "ingest.json"), "--db",
            "postgres://nobody:x@127.0.0.1:1/none");

        run.Output.ShouldContain("configuration: 1 pipeline: events");
    }
}
